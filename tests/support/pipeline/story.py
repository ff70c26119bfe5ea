"""A cycle on the fake office: its plan, its workers, its people."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import cycle as cycle_through
from typing import Any

import sqlalchemy as sa

from clients.pipeline.domain.plan import Plan
from clients.pipeline.domain.reading import read_plan
from clients.pipeline.domain.states import CycleState, GateKind, GateState, Outcome, Verdict
from clients.pipeline.loop.crash_points import CrashPoints, Killed
from clients.pipeline.loop.pipeline import Pipeline, RoundDates
from clients.pipeline.loop.worker import work_once
from clients.pipeline.storage.cycles import Cycle, find_cycle
from clients.pipeline.storage.gates import Gate, list_gates, open_gates
from clients.pipeline.storage.notices import Notice, list_notices
from clients.pipeline.storage.stages import StageRow, list_stages
from clients.pipeline.storage.tables import METADATA, cycle, stage
from clients.pipeline.use_cases.decide import decide
from clients.pipeline.use_cases.start_cycle import start_cycle
from shared.calendar.holiday_calendar import holiday_calendar
from shared.data.database import Database
from shared.web.principals import Principal, Role
from tests.support.people import Person
from tests.support.pipeline.deeds import Deed
from tests.support.pipeline.office import Office

FINANCE = "湖北省财政厅"
OFFICER = Person("officer", (Role.PROVINCE_OFFICER,))
DECIDER = Person("decider", (Role.PROVINCE_DECIDER,))
SECOND_DECIDER = Person("second-decider", (Role.PROVINCE_DECIDER,))
REVIEWER = Person("reviewer", (Role.FINANCE_REVIEWER,), unit=FINANCE)
PROGRAMME, YEAR = "hubei-county-clusters", 2024


def planned(stage: str, **more: Any) -> dict[str, Any]:
    return {"stage": stage, "zh": f"环节{stage}", "en": f"stage {stage}", **more}


#: A short year with everything in it that a long one has.
YEAR_PLAN: tuple[dict[str, Any], ...] = (
    planned("budget_request", kept=False),
    planned("publish", not_before="2024-06-03", due="2024-06-14", remind_days_before=[7, 3, 1]),
    planned("remind", after=["publish"]),
    planned(
        "cut_off",
        not_before={"round": "2024-application", "day": "cut_off"},
        gate={"persons": 1, "roles": ["province_officer", "province_decider"]},
    ),
    planned("assess"),
    planned("decide", due={"after": "assess", "days": 5, "kind": "working"}, remind_days_before=[1],
            escalate_after_days=2, escalate_to=["auditor"]),
    planned("notice", after=["decide"]),
    planned(
        "allocate",
        after=["notice", "remind"],
        gate={
            "persons": 2, "roles": ["province_decider", "finance_reviewer"], "units_differ": True,
            "send_back_to": "assess",
        },
    ),
    planned("issue", may_be_waived=True),
    planned("archive", kept=False),
)  # fmt: skip


def plan_of(*stages: dict[str, Any], version: str = "2024.1", **more: Any) -> dict[str, Any]:
    return {
        "programme": PROGRAMME, "assessment_year": YEAR, "version": version, "stages": list(stages or YEAR_PLAN),
        **more,
    }  # fmt: skip


ROUNDS: RoundDates = {("2024-application", "cut_off"): date(2024, 8, 16)}


def deeds_of(office: Office) -> dict[str, Deed]:
    """The stages of the short year."""
    names = ("publish", "remind", "cut_off", "assess", "decide", "notice", "allocate", "issue")
    deeds = {name: Deed(name, office) for name in names}
    deeds["publish"].commands_count = 3
    deeds["decide"].is_mirrored = True
    deeds["issue"].is_irrevocable = True
    deeds["notice"].sends_back_to = "decide"
    return deeds


@dataclass
class Story:
    """``today`` is the business date of all workers; ``office`` is the world."""

    database: Database
    office: Office = field(default_factory=Office)
    today: date = date(2024, 6, 1)
    rounds: RoundDates = field(default_factory=lambda: ROUNDS)
    deeds: dict[str, Deed] = field(default_factory=dict)
    lease_seconds: float = 30.0
    rejects: set[str] = field(default_factory=set)  # stages and turns at whose gates the first person says no

    def __post_init__(self) -> None:
        self.deeds = deeds_of(self.office)

    def worker(self, name: str = "worker", crash: CrashPoints | None = None, **changed: Any) -> Pipeline:
        async def today() -> date:
            return self.today

        async def rounds(_plan: Plan) -> RoundDates:
            self.office.ask()
            return self.rounds

        made: dict[str, Any] = {
            "database": self.database, "services": None, "send": self.office.send, "stages": self.deeds,
            "holidays": holiday_calendar(), "today": today, "rounds": rounds, "worker": name,
            "crash": crash or CrashPoints(), "lease_seconds": self.lease_seconds, "poll_seconds": 0,
        }  # fmt: skip
        return Pipeline(**(made | changed))

    async def start(
        self, document: Mapping[str, Any] | None = None, person: Person = OFFICER, known: Collection[str] = ()
    ) -> Cycle:
        plan = read_plan(document or plan_of(), known=known or set(self.deeds))
        async with self.database.transaction() as session:
            return await start_cycle(session, person.principal, plan, today=self.today)

    async def tick(self, pipeline: Pipeline | None = None) -> Outcome | None:
        return await work_once(pipeline or self.worker())

    async def cycle(self) -> Cycle:
        async with self.database.transaction() as session:
            found = await find_cycle(session, PROGRAMME, YEAR)
            assert found is not None
            return found

    async def stages(self) -> dict[str, StageRow]:
        found = await self.cycle()
        async with self.database.transaction() as session:
            return {row.code: row for row in await list_stages(session, found.id)}

    async def gates(self, *, all_of_them: bool = False) -> list[Gate]:
        found = await self.cycle()
        async with self.database.transaction() as session:
            return await (list_gates if all_of_them else open_gates)(session, found.id)

    async def notices(self) -> list[Notice]:
        found = await self.cycle()
        async with self.database.transaction() as session:
            return await list_notices(session, found.id)

    async def decide(
        self,
        person: Person,
        gate: Gate,
        verdict: Verdict = Verdict.APPROVE,
        *,
        reason: str = "",
        seen: str | None = None,
    ) -> GateState:
        return await self.decide_as(person.principal, gate, verdict, reason=reason, seen=seen)

    async def decide_as(
        self,
        principal: Principal,
        gate: Gate,
        verdict: Verdict = Verdict.APPROVE,
        *,
        reason: str = "",
        seen: str | None = None,
    ) -> GateState:
        async with self.database.transaction() as session:
            decided = await decide(
                session, principal, PROGRAMME, YEAR, gate.id, verdict, reason=reason,
                seen_sha256=seen or gate.proposal_sha256, today=self.today,
            )  # fmt: skip
        return decided.state

    async def free(self) -> None:
        """A dead worker's lease is over, and whoever waits for a service waits no longer."""
        async with self.database.transaction() as session:
            await session.execute(sa.update(cycle).values(lease_until=None))
            await session.execute(sa.update(stage).values(try_at=None))

    async def people_act(self) -> bool:
        """Everybody decides what is theirs; whether anybody did."""
        acted = False
        for gate in await self.gates():
            if gate.kind is GateKind.MIRRORED:
                acted = acted or f"{gate.stage}/{gate.turn}" not in self.office.decided
                self.office.decided.add(f"{gate.stage}/{gate.turn}")
            else:
                acted = True
                if f"{gate.stage}/{gate.turn}" in self.rejects:
                    await self.decide(DECIDER, gate, Verdict.REJECT, reason="测算有误")
                    continue
                for person in (DECIDER, REVIEWER)[: gate.persons]:
                    await self.decide(person, gate)
        return acted

    async def play(self, crash: CrashPoints | None = None, *workers: Pipeline) -> None:
        """To the end of the year; a worker that dies is followed by another. ``workers`` take turns."""
        taking_turns = cycle_through(workers or [self.worker(crash=crash)])
        for _ in range(400):
            if (await self.cycle()).state is CycleState.CLOSED:
                return
            try:
                outcome = await self.tick(next(taking_turns))
            except Killed:
                await self.free()
                taking_turns = cycle_through([self.worker("next")])
                continue
            await self._go_on(outcome)
        raise AssertionError({code: (row.state, row.reasons) for code, row in (await self.stages()).items()})

    async def _go_on(self, outcome: Outcome | None) -> None:
        if outcome is Outcome.WAITS_FOR_DATE:
            until = [
                date.fromisoformat(reason["until"])
                for row in (await self.stages()).values()
                for reason in row.reasons
                if reason["until"]
            ]
            self.today = min(day for day in until if day > self.today)
        elif outcome is Outcome.WAITS_FOR_PERSON:
            assert await self.people_act()


async def rows_of(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """All that the rows say of a cycle, without ids, moments, fences and how often a thing was tried."""
    left_out = {"id", "cycle_id", "gate_id", "fence", "lease_holder", "sent", "try_at", "tick_at", "failures"}
    found: dict[str, list[tuple[Any, ...]]] = {}
    async with database.transaction() as session:
        for name in ("cycle", "stage", "gate", "decision", "effect", "timer", "notice"):
            table = METADATA.tables[name]
            columns = [
                c for c in table.c if c.name not in left_out and not c.name.endswith(("_at", "_until"))
            ]
            rows = (await session.execute(sa.select(*columns))).all()
            found[name] = sorted(tuple(map(str, row)) for row in rows)
        events = sa.text("SELECT kind, subject, data::text FROM event")
        found["event"] = sorted(tuple(map(str, row)) for row in await session.execute(events))
    return found
