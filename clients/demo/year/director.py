"""Plays the people of a cycle: the pipeline does what follows from rules, and where it waits for somebody, they act.

After a kill the cycle is where it was, and whoever acts again does so under the same keys.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from clients.demo.cast import OFFICER, OPERATOR, Cast
from clients.demo.journal import Journal
from clients.local.errors import LocalError
from shared.http.pipeline import CycleView, StageView

Act = Callable[[], Awaitable[None]]
_BEHIND: Final = {"done", "passed_over", "waived"}
_LOOK_AGAIN_SECONDS: Final = 0.1
#: So often in a row a stage may wait, after its people have acted, for what is done beside (an analysis, a worker).
_PATIENCE: Final = 1_200


class CycleStuck(LocalError):
    """The cycle waits for something that nobody of the demo does."""


class Director:
    """``acts``: what people do where a stage waits for them, by stage and turn (``objections:1``) or by stage alone;
    where several wait, the people of the first in this order act first. ``meanwhile``: what people do where a stage
    waits for a day only, before that day comes.
    """

    def __init__(
        self,
        cast: Cast,
        journal: Journal,
        *,
        programme: str,
        year: int,
        acts: Mapping[str, Act],
        meanwhile: Mapping[str, Act],
    ) -> None:
        self._cast = cast
        self._journal = journal
        self._programme = programme
        self._year = year
        self._acts = acts
        self._meanwhile = meanwhile
        self._acted: set[str] = set()
        self._shown: set[str] = set()
        self._stage = ""

    async def play(self) -> CycleView:
        """To the end of the cycle."""
        patience = _PATIENCE
        while True:
            await self._cast.pipeline(OPERATOR).tick(self._programme, self._year)
            cycle = await self._cast.pipeline(OFFICER).cycle(self._programme, self._year)
            await self._show_gates(cycle)
            waiting = [stage for stage in cycle.stages if _is_next(stage)]
            if not waiting:
                return cycle
            if await self._somebody_acts(waiting) or await self._time_goes_on(waiting):
                patience = _PATIENCE
                continue
            patience -= 1
            if patience == 0 or any(stage.state in ("failed", "blocked") for stage in waiting):
                raise _stuck(waiting)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _somebody_acts(self, waiting: list[StageView]) -> bool:
        """Once each that waits says why: a worker may be in the middle of a tick."""
        if not all(stage.reasons for stage in waiting):
            return False
        order = {name.partition(":")[0]: place for place, name in enumerate(self._acts)}
        for stage in sorted(waiting, key=lambda stage: order.get(stage.code, -1)):
            self._step(stage)
            name = f"{stage.code}:{stage.turn}"
            waits = {reason.waits_for for reason in stage.reasons}
            acts = self._acts if "person" in waits else self._meanwhile if "date" in waits else {}
            act = acts.get(name) or acts.get(stage.code)
            if act is not None and name not in self._acted:
                await act()
                self._acted.add(name)
                return True
        return False

    async def _time_goes_on(self, waiting: list[StageView]) -> bool:
        """Where everything that waits waits for a day, that day comes."""
        reasons = [reason for stage in waiting for reason in stage.reasons]
        days = [reason.until for reason in reasons if reason.until is not None and reason.waits_for == "date"]
        if not days or any(reason.waits_for in ("person", "service", "job", "mending") for reason in reasons):
            return False
        await self._cast.advance_to(min(days))
        return True

    def _step(self, stage: StageView) -> None:
        if stage.code != self._stage:
            self._stage = stage.code
            self._journal.step(stage.zh, stage.en)

    async def _show_gates(self, cycle: CycleView) -> None:
        """Each gate that was passed, once, with who decided it."""
        names = {stage.code: stage for stage in cycle.stages}
        for gate in await self._cast.pipeline(OFFICER).gates(self._programme, self._year):
            if gate.id in self._shown or gate.state != "passed" or gate.stage is None:
                continue
            self._shown.add(gate.id)
            zh, en = (
                await self._who(gate.id)
                if gate.kind == "own"
                else ("已在业务系统办结", "done at its service")
            )
            stage = names[gate.stage]
            self._journal.note(
                "gate", f"{gate.closed_on} {stage.zh}:{zh}", f"{gate.closed_on} {stage.en}: {en}"
            )

    async def _who(self, gate: str) -> tuple[str, str]:
        found = await self._cast.pipeline(OFFICER).gate(self._programme, self._year, gate)
        names = "、".join(decision.name for decision in found.decisions)
        return f"{names} 同意", f"approved by {names}"


def _is_next(stage: StageView) -> bool:
    return stage.state not in _BEHIND and all(reason.code != "stage-first" for reason in stage.reasons)


def _stuck(waiting: list[StageView]) -> CycleStuck:
    reasons = [(reason.zh, reason.en) for stage in waiting for reason in stage.reasons]
    reasons += [(stage.problem.zh, stage.problem.en) for stage in waiting if stage.problem is not None]
    return CycleStuck(
        "年度流程停在 "
        + ";".join(f"{stage.zh}({stage.state})" for stage in waiting)
        + ":"
        + ";".join(zh for zh, _ in reasons),
        f"The cycle waits at {', '.join(stage.code for stage in waiting)}: "
        + "; ".join(en for _, en in reasons),
    )
