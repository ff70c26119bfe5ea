"""What changed between two versions of a filing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import FilingKind
from services.registry.use_cases.filings.load_filing import filing_steps
from shared.errors import NotFound
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class Change:
    """One value, fact or waiver that differs; ``before`` or ``after`` is null where it was not there."""

    part: Literal["value", "fact", "waiver"]
    field: str
    data_year: int | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


async def compare_versions(
    session: AsyncSession, code: str, *, kind: FilingKind, before: int, after: int, actor: Principal
) -> list[Change]:
    """From the content as of version ``before`` to that as of version ``after``."""
    steps = await filing_steps(session, code, kind=kind, actor=actor)
    first, second = _content_at(steps, before), _content_at(steps, after)
    return [
        Change(key[0], key[1], key[2], first.get(key), second.get(key))
        for key in sorted(first.keys() | second.keys(), key=lambda key: (key[0], key[1], key[2] or 0))
        if first.get(key) != second.get(key)
    ]


_Key = tuple[Literal["value", "fact", "waiver"], str, int | None]


def _content_at(steps: Sequence[Any], number: int) -> dict[_Key, Mapping[str, Any]]:
    """The newest content that was recorded up to this version."""
    content = next(
        (step.content for step in reversed(steps) if step.number <= number and step.content is not None), None
    )
    if content is None or number > max(step.number for step in steps):
        raise NotFound("版本", "version")
    found: dict[_Key, Mapping[str, Any]] = {}
    for value in content["values"]:
        found["value", value["indicator"], value["data_year"]] = value
    for name, value in content["facts"].items():
        found["fact", name, None] = {"value": value}
    for waiver in content["waivers"]:
        found["waiver", f"{waiver['rule']}.{waiver['indicator']}", waiver["data_year"]] = waiver
    return found
