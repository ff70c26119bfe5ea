"""Pause, emergency stop, waiver, sending back, a plan changed in the middle of the year."""

from datetime import date
from typing import Any

import pytest

from clients.pipeline.domain.gates import ReasonMissing
from clients.pipeline.domain.reading import PlanInvalid
from clients.pipeline.domain.states import CycleState, GateKind, GateState, Outcome, StageState, Verdict
from clients.pipeline.storage.effects import effects_of
from clients.pipeline.use_cases.change_plan import (
    PlanChangeWaits,
    PlanOfAnotherYear,
    PlanTooLate,
    PlanVersionKnown,
    propose_plan,
)
from clients.pipeline.use_cases.find_cycle import CycleNotOpen
from clients.pipeline.use_cases.go_back import NoWayBack, go_back, try_again
from clients.pipeline.use_cases.hold_up import hold_up, resume
from clients.pipeline.use_cases.start_cycle import CycleStartedAlready
from clients.pipeline.use_cases.waive import NotToBeWaived, propose_waiver
from shared.errors import MakerCannotCheck, NotFound, RoleNotPermitted
from tests.support.people import Person
from tests.support.pipeline.story import (
    DECIDER,
    OFFICER,
    PROGRAMME,
    REVIEWER,
    SECOND_DECIDER,
    YEAR,
    Story,
    plan_of,
    planned,
    rows_of,
)

ONE = {"persons": 1, "roles": ["province_decider"]}
PLAN = plan_of(
    planned("publish"), planned("assess", gate=ONE), planned("notice", may_be_waived=True), planned("issue")
)


async def stop(
    story: Story, person: Person = OFFICER, *, emergency: bool = False, reason: str = "核实"
) -> None:
    async with story.database.transaction() as session:
        await hold_up(session, person.principal, PROGRAMME, YEAR, reason=reason, is_emergency=emergency)


async def go_on(story: Story, person: Person = OFFICER) -> None:
    async with story.database.transaction() as session:
        await resume(session, person.principal, PROGRAMME, YEAR)


async def back(story: Story, to: str, *, reason: str = "重新测算") -> list[str]:
    irrevocable = [code for code, deed in story.deeds.items() if deed.irrevocable]
    async with story.database.transaction() as session:
        sent = await go_back(
            session,
            OFFICER.principal,
            PROGRAMME,
            YEAR,
            to,
            reason=reason,
            irrevocable=irrevocable,
            today=story.today,
        )
    return sent.stands


async def waive(story: Story, code: str, *, reason: str = "本年度不需要", person: Person = OFFICER) -> None:
    async with story.database.transaction() as session:
        await propose_waiver(
            session, person.principal, PROGRAMME, YEAR, code, reason=reason, today=story.today
        )


async def change(story: Story, document: dict[str, Any], person: Person = OFFICER) -> list[str]:
    async with story.database.transaction() as session:
        proposed = await propose_plan(
            session,
            person.principal,
            PROGRAMME,
            YEAR,
            document,
            known=set(story.deeds),
            reason="调整",
            today=story.today,
        )
    return [change.stage for change in proposed.changes]


async def test_a_year_starts_once(story: Story) -> None:
    await story.start(PLAN)
    with pytest.raises(CycleStartedAlready):
        await story.start(plan_of(planned("publish"), version="2024.2"))


async def test_a_pause_takes_effect_before_the_next_intent(story: Story) -> None:
    await story.start(PLAN)

    async def send(*sent: object) -> tuple[int, bytes]:
        answer = await story.office.send(*sent)  # type: ignore[arg-type]
        await stop(story)  # while the first of three commands is under way
        return answer

    await story.tick(story.worker(send=send))
    assert [path for path, _ in story.office.done] == ["/publish/1/1"]
    async with story.database.transaction() as session:
        effects = await effects_of(session, (await story.cycle()).id)
    assert [effect.status for effect in effects] == [201]  # its answer is kept
    assert await story.tick() is None
    await go_on(story)
    await story.tick()
    assert len(story.office.done) == 3
    assert story.office.calls == 3


async def test_a_paused_cycle_takes_no_decision_and_needs_a_reason(story: Story) -> None:
    await story.start(PLAN)
    await story.tick()
    (gate,) = await story.gates()
    with pytest.raises(ReasonMissing):
        await stop(story, reason=" ")
    await stop(story)
    with pytest.raises(CycleNotOpen):
        await story.decide(DECIDER, gate)
    with pytest.raises(CycleNotOpen):
        await stop(story)
    await go_on(story)
    with pytest.raises(CycleNotOpen):
        await go_on(story)
    assert await story.decide(DECIDER, gate) is GateState.PASSED


async def test_after_an_emergency_stop_another_person_lets_it_go_on(story: Story) -> None:
    await story.start(PLAN)
    await stop(story)
    await stop(story, DECIDER, emergency=True)
    assert (await story.cycle()).state is CycleState.STOPPED
    with pytest.raises(MakerCannotCheck):
        await go_on(story, DECIDER)
    assert await story.tick() is None
    await go_on(story, OFFICER)
    assert (await story.cycle()).state is CycleState.OPEN


async def test_a_waiver_has_a_reason_and_is_decided_by_another_person(story: Story) -> None:
    await story.start(PLAN)
    story.deeds["notice"].waits_for = {"公示栏"}
    await story.tick()
    with pytest.raises(ReasonMissing):
        await waive(story, "notice", reason="")
    with pytest.raises(NotToBeWaived):
        await waive(story, "issue")
    with pytest.raises(NotToBeWaived):
        await waive(story, "publish")  # it is done
    with pytest.raises(NotFound):
        await waive(story, "nothing")
    await waive(story, "notice", person=DECIDER)
    with pytest.raises(NotToBeWaived):
        await waive(story, "notice")
    waiver = next(gate for gate in await story.gates() if gate.kind is GateKind.WAIVER)
    with pytest.raises(MakerCannotCheck):
        await story.decide(DECIDER, waiver)
    await story.decide(SECOND_DECIDER, waiver)
    await story.decide(DECIDER, next(gate for gate in await story.gates() if gate.kind is GateKind.OWN))
    await story.tick()
    assert (await story.stages())["notice"].state is StageState.WAIVED
    assert [path for path, _ in story.office.done][-2:] == ["/assess/1/1", "/issue/1/1"]


async def test_a_waiver_that_is_rejected_changes_nothing(story: Story) -> None:
    await story.start(plan_of(planned("notice", may_be_waived=True)))
    story.deeds["notice"].waits_for = {"公示栏"}
    await story.tick()
    await waive(story, "notice")
    (gate,) = await story.gates()
    await story.decide(DECIDER, gate, Verdict.REJECT, reason="不同意豁免")
    assert await story.tick() is Outcome.WAITS_FOR_PERSON
    assert (await story.stages())["notice"].state is StageState.WAITING


async def test_what_is_sent_back_is_done_again_and_told_what_stands(story: Story) -> None:
    await story.start(PLAN)
    story.deeds["notice"].waits_for = {"公示栏"}
    await story.tick()
    await story.people_act()
    await story.tick()
    with pytest.raises(ReasonMissing):
        await back(story, "assess", reason="")
    with pytest.raises(NoWayBack):
        await back(story, "issue")  # it has not begun
    stands = await back(story, "assess")
    assert stands == [f"cycle:{PROGRAMME}:{YEAR}:assess:1:1"]
    stage = (await story.stages())["assess"]
    assert (stage.state, stage.turn, stage.proposal) == (StageState.WAITING, 2, None)
    await story.tick()
    await story.people_act()
    story.deeds["notice"].waits_for = set()
    await story.tick()
    assert [path for path, _ in story.office.done][3:] == [
        "/assess/1/1",
        "/assess/2/1",
        "/notice/1/1",
        "/issue/1/1",
    ]


async def test_what_is_sent_back_while_a_command_is_under_way_sends_nothing_more_of_its_old_turn(
    story: Story,
) -> None:
    await story.start(PLAN)

    async def send(*sent: object) -> tuple[int, bytes]:
        answer = await story.office.send(*sent)  # type: ignore[arg-type]
        if story.office.calls == 1:
            await back(story, "publish")
        return answer

    await story.tick(story.worker(send=send))
    assert [path for path, _ in story.office.done][:4] == [
        "/publish/1/1", "/publish/2/1", "/publish/2/2", "/publish/2/3",
    ]  # fmt: skip
    stage = (await story.stages())["publish"]
    assert (stage.state, stage.turn) == (StageState.DONE, 2)
    async with story.database.transaction() as session:
        effects = await effects_of(session, (await story.cycle()).id, stage="publish", turn=1)
    assert [effect.status for effect in effects] == [201]  # what was under way is recorded


async def test_a_stage_that_is_waived_while_it_is_worked_on_stays_waived(story: Story) -> None:
    await story.start(plan_of(planned("notice", may_be_waived=True), planned("issue")))

    async def send(*sent: object) -> tuple[int, bytes]:
        if story.office.calls == 0:
            await waive(story, "notice")
            (gate,) = await story.gates()
            await story.decide(DECIDER, gate)
        return await story.office.send(*sent)  # type: ignore[arg-type]

    await story.tick(story.worker(send=send))
    stages = await story.stages()
    assert (stages["notice"].state, stages["issue"].state) == (StageState.WAIVED, StageState.DONE)


async def test_a_stage_that_its_plan_told_too_little_goes_on_by_the_next_plan(story: Story) -> None:
    await story.start(plan_of(planned("publish"), planned("assess")))
    story.deeds["assess"].needs = "scheme"
    await story.tick()
    stage = (await story.stages())["assess"]
    assert (stage.state, stage.problem["code"]) == (StageState.FAILED, "plan-incomplete")
    told = planned("assess", **{"with": {"scheme": "2024.1"}})
    await change(story, plan_of(planned("publish"), told, version="2024.2"))
    (gate,) = await story.gates()
    await story.decide(DECIDER, gate)
    async with story.database.transaction() as session:
        await try_again(session, OFFICER.principal, PROGRAMME, YEAR, "assess", today=story.today)
    await story.tick()
    assert (await story.cycle()).state is CycleState.CLOSED


async def test_there_is_no_way_back_over_what_was_issued(story: Story) -> None:
    await story.start(plan_of(planned("assess"), planned("issue"), planned("allocate")))
    story.deeds["allocate"].waits_for = {"文号"}
    await story.tick()
    with pytest.raises(NoWayBack):
        await back(story, "assess")
    with pytest.raises(NoWayBack):
        await back(story, "issue")


async def test_a_new_plan_has_its_own_gate_and_applies_from_the_next_stage(story: Story) -> None:
    await story.start(PLAN)
    await story.tick()  # publish is done, assess waits for its decision
    later = [
        planned("publish"), planned("assess", gate=ONE | {"persons": 2}),
        planned("notice", not_before="2024-09-01"), planned("allocate"), planned("issue"),
    ]  # fmt: skip
    assert await change(story, plan_of(*later, version="2024.2")) == ["assess", "notice", "allocate"]
    with pytest.raises(PlanChangeWaits):
        await change(story, plan_of(*later, version="2024.3"))
    gate = next(gate for gate in await story.gates() if gate.kind is GateKind.PLAN)
    assert [entry["stage"] for entry in gate.proposal["changes"]] == ["assess", "notice", "allocate"]
    with pytest.raises(RoleNotPermitted):
        await story.decide(OFFICER, gate)
    await story.decide(DECIDER, gate)
    stages = await story.stages()
    assert [(code, row.plan_version) for code, row in stages.items()] == [
        ("publish", "2024.1"), ("assess", "2024.1"), ("notice", "2024.2"), ("allocate", "2024.2"), ("issue", "2024.2"),
    ]  # fmt: skip
    (assess,) = await story.gates()
    await story.decide(SECOND_DECIDER, assess)  # one person is enough, as when it was opened
    assert await story.tick() is Outcome.WAITS_FOR_DATE
    story.today = date(2024, 9, 1)
    await story.tick()
    assert [path for path, _ in story.office.done][3:] == [
        "/assess/1/1", "/notice/1/1", "/allocate/1/1", "/issue/1/1",
    ]  # fmt: skip


async def test_a_plan_that_is_refused_changes_nothing(story: Story) -> None:
    await story.start(PLAN)
    await story.tick()
    await change(story, plan_of(planned("publish"), planned("assess"), version="2024.2"))
    gate = next(gate for gate in await story.gates() if gate.kind is GateKind.PLAN)
    before = await story.stages()
    await story.decide(DECIDER, gate, Verdict.REJECT, reason="不同意")
    assert await story.stages() == before
    assert (await story.cycle()).plan_version == "2024.1"


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        (plan_of(planned("assess"), version="2024.2"), PlanTooLate),  # what was done is left out
        (plan_of(planned("notice"), planned("publish"), planned("assess"), version="2024.2"), PlanTooLate),
        (plan_of(planned("publish"), planned("assess")), PlanVersionKnown),
        (plan_of(planned("publish"), version="2024.2", assessment_year=2025), PlanOfAnotherYear),
        (plan_of(planned("publish"), planned("unknown"), version="2024.2"), PlanInvalid),
    ],
)
async def test_a_plan_that_cannot_be_changes_nothing(
    story: Story, document: dict[str, Any], refusal: type[Exception]
) -> None:
    await story.start(PLAN)
    await story.tick()
    before = await rows_of(story.database)
    with pytest.raises(refusal):
        await change(story, document)
    assert await rows_of(story.database) == before


async def test_a_rejected_allocation_goes_back_by_rule_and_comes_again(story: Story) -> None:
    gate = {"persons": 2, "roles": ["province_decider", "finance_reviewer"], "send_back_to": "assess"}
    await story.start(plan_of(planned("assess"), planned("allocate", gate=gate)))
    await story.tick()
    (first,) = await story.gates()
    await story.decide(DECIDER, first)
    await story.decide(REVIEWER, first, Verdict.REJECT, reason="资金不足")
    await story.tick()
    stages = await story.stages()
    assert (stages["assess"].turn, stages["allocate"].turn) == (2, 2)
    (second,) = await story.gates()
    assert second.turn == 2
    await story.people_act()
    await story.tick()
    assert (await story.cycle()).state is CycleState.CLOSED
