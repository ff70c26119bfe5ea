"""Stages on the fake office."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.stages.contract import Command, Found, Proposal, SendBack, Stage, View
from clients.pipeline.stages.reading import PlanIncomplete
from shared.documents.canonical import Json
from tests.support.pipeline.office import Office


@dataclass
class Deed(Stage):
    """Does so many things at the office. ``proposers``: whose own work its proposal holds."""

    name: str
    office: Office
    commands_count: int = 1
    is_mirrored: bool = False
    is_irrevocable: bool = False
    proposers: frozenset[str] = frozenset()
    waits_for: set[str] = field(default_factory=set)
    sends_back_to: str | None = None  # as long as the office says that it was objected to
    needs: str | None = None  # what its plan has to tell it
    version: str = "1"  # another version of the code may make other bytes

    @property
    def code(self) -> str:  # type: ignore[override]
        return self.name

    @property
    def mirrors(self) -> bool:  # type: ignore[override]
        return self.is_mirrored

    @property
    def irrevocable(self) -> bool:  # type: ignore[override]
        return self.is_irrevocable

    async def conditions(self, view: View) -> Sequence[Reason]:
        self.office.ask()
        return [
            Reason("not-yet", Waits.PERSON, f"还缺{what}", f"{what} is missing")
            for what in sorted(self.waits_for)
        ]

    async def prepare(self, view: View) -> Proposal:
        self.office.ask()
        if self.needs is not None and self.needs not in view.stage.given:
            raise PlanIncomplete("方案缺少内容", "The plan tells too little")
        content: dict[str, Json] = {
            "stage": self.name,
            "turn": view.turn,
            "figure": self.office.figures.get(self.name, 0),
        }
        return Proposal(content | {"before": len(view.results)}, self.proposers)

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:
        if self.is_mirrored:
            return []
        turn = proposal["turn"]
        return [
            Command(
                "office",
                f"/{self.name}/{turn}/{place}",
                {"figure": proposal["figure"], "made_by": self.version},
            )
            for place in range(1, self.commands_count + 1)
        ]

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        if (
            self.sends_back_to is not None
            and self.office.figures.get(f"objected:{self.name}", 0) >= view.turn
        ):
            return Found(back=SendBack(self.sends_back_to, "异议成立", "an objection was upheld"))
        if self.is_mirrored:
            self.office.ask()
            if f"{self.name}/{view.turn}" not in self.office.decided:
                return Found(
                    [Reason("undecided", Waits.PERSON, "业务系统尚未审定", "not decided at the service yet")]
                )
            return Found(result={"decided": view.turn})
        missing = [command.path for command in self.commands(proposal) if not self.office.has(command.path)]
        if missing:
            return Found([Reason("not-done", Waits.SERVICE, "尚未完成", f"{missing} not done")])
        return Found(result={"done": view.turn, "figure": proposal["figure"]})
