"""An office in the services' place: it remembers each key for ever, and can be away, refuse, or be slow to be done."""

import json
from dataclasses import dataclass, field

from shared.errors import UpstreamUnavailable


@dataclass
class Office:
    """``done`` is the world: what was done, in order, by the path and body of the command."""

    done: list[tuple[str, str]] = field(default_factory=list)
    made_by: dict[str, str | None] = field(default_factory=dict)  # for whom each was sent
    kept: dict[str, tuple[str, int, bytes]] = field(default_factory=dict)
    calls: int = 0
    is_away: bool = False
    refuses: dict[str, tuple[int, str]] = field(default_factory=dict)  # by path: status, code
    decided: set[str] = field(default_factory=set)  # mirrored stages that were decided here
    figures: dict[str, int] = field(default_factory=dict)  # what stages propose by

    async def send(
        self, service: str, method: str, path: str, body: object, key: str, person: str | None
    ) -> tuple[int, bytes]:
        self.ask()
        self.calls += 1
        sent = json.dumps([service, method, path, body, person], sort_keys=True)
        if key in self.kept:
            before, status, answer = self.kept[key]
            return (status, answer) if before == sent else (422, _problem("idempotency-key-reused"))
        if path in self.refuses:
            status, code = self.refuses[path]
            return status, _problem(code)
        if any(path == earlier for earlier, _ in self.done):
            return 409, _problem("done-already")
        self.done.append((path, json.dumps(body, sort_keys=True)))
        self.made_by[path] = person
        answer = json.dumps({"number": len(self.done)}).encode()
        self.kept[key] = (sent, 201, answer)
        return 201, answer

    def ask(self) -> None:
        """A reader asks."""
        if self.is_away:
            raise UpstreamUnavailable("办公室暂不可用", "The office is not available")

    def has(self, path: str) -> bool:
        self.ask()
        return any(path == done for done, _ in self.done)


def _problem(code: str) -> bytes:
    told = {
        "type": f"urn:county-clusters:problem:{code}",
        "detail": f"拒绝:{code}",
        "detail_en": f"refused: {code}",
    }
    return json.dumps(told).encode()
