"""Who may decide at a gate, and what a decision comes to: what you saw is what you decide."""

from dataclasses import replace

import pytest

from clients.pipeline.domain.gates import DecidedAlready, DecisionOutdated, ReasonMissing, SameUnit
from clients.pipeline.domain.states import GateKind, GateState, Outcome, StageState, Verdict
from clients.pipeline.storage.gates import Gate, decisions_on
from clients.pipeline.use_cases.decide import DecidedElsewhere
from shared.errors import MakerCannotCheck, NotFound, Refusal, RoleNotPermitted
from shared.web.principals import Role
from tests.support.people import Person
from tests.support.pipeline.story import (
    DECIDER,
    FINANCE,
    OFFICER,
    REVIEWER,
    SECOND_DECIDER,
    Story,
    plan_of,
    planned,
)

TWO = {"persons": 2, "roles": ["province_decider", "finance_reviewer"], "units_differ": True}
ONE_PLAN = plan_of(planned("assess", gate=TWO), planned("issue"))


async def gate_of(story: Story) -> Gate:
    await story.start(ONE_PLAN)
    assert await story.tick() is Outcome.WAITS_FOR_PERSON
    (gate,) = await story.gates()
    return gate


async def decisions(story: Story, gate: Gate) -> int:
    async with story.database.transaction() as session:
        return len(await decisions_on(session, [gate.id]))


async def test_two_persons_of_two_units_let_a_stage_pass(story: Story) -> None:
    gate = await gate_of(story)
    assert await story.decide(DECIDER, gate) is GateState.OPEN
    assert await story.tick() is Outcome.WAITS_FOR_PERSON
    assert story.office.done == []
    assert await story.decide(REVIEWER, gate) is GateState.PASSED
    await story.tick()
    assert [path for path, _ in story.office.done] == ["/assess/1/1", "/issue/1/1"]


@pytest.mark.parametrize(
    ("person", "refusal"),
    [
        (OFFICER, RoleNotPermitted),
        (replace(DECIDER, division="420100"), NotFound),
        (replace(DECIDER, division="430000"), NotFound),
        (SECOND_DECIDER, SameUnit),
        (replace(SECOND_DECIDER, unit="湖北省发展和改革委员会 "), SameUnit),  # the same unit with a blank
        (replace(SECOND_DECIDER, unit=""), SameUnit),
        (DECIDER, DecidedAlready),
        (replace(DECIDER, unit=FINANCE), DecidedAlready),  # in another office
    ],
)
async def test_a_decision_that_is_not_theirs_changes_nothing(
    story: Story, person: Person, refusal: type[Refusal]
) -> None:
    gate = await gate_of(story)
    await story.decide(DECIDER, gate)
    with pytest.raises(refusal):
        await story.decide(person, gate)
    assert await decisions(story, gate) == 1
    assert [found.state for found in await story.gates()] == [GateState.OPEN]


async def test_one_person_under_two_accounts_decides_once(story: Story) -> None:
    gate = await gate_of(story)
    await story.decide(DECIDER, gate)
    other_account = replace(
        REVIEWER.principal, subject="decider-at-finance", name=f" {DECIDER.principal.name}\u200b"
    )
    with pytest.raises(DecidedAlready):
        await story.decide_as(other_account, gate)
    acting = replace(REVIEWER.principal, subject="console", name="console", on_behalf_of=DECIDER.subject)
    with pytest.raises(DecidedAlready):
        await story.decide_as(acting, gate)
    assert await decisions(story, gate) == 1


async def test_nobody_decides_their_own_proposal(story: Story) -> None:
    story.deeds["assess"].proposers = frozenset({DECIDER.subject})
    gate = await gate_of(story)
    with pytest.raises(MakerCannotCheck):
        await story.decide(DECIDER, gate)
    assert await decisions(story, gate) == 0


async def test_a_decision_on_what_has_changed_is_refused_and_what_it_is_now_is_decided_anew(
    story: Story,
) -> None:
    gate = await gate_of(story)
    await story.decide(DECIDER, gate)
    with pytest.raises(DecisionOutdated):
        await story.decide(REVIEWER, gate, seen="sha256:" + "0" * 64)
    story.office.figures["assess"] = 7
    await story.tick()
    with pytest.raises(NotFound):
        await story.decide(REVIEWER, gate)
    before, now = await story.gates(all_of_them=True)
    assert (before.state, now.state) == (GateState.SUPERSEDED, GateState.OPEN)
    with pytest.raises(DecisionOutdated):
        await story.decide(REVIEWER, now, seen=gate.proposal_sha256)
    await story.decide(DECIDER, now)
    await story.decide(REVIEWER, now)
    await story.tick()
    assert story.office.done[0] == ("/assess/1/1", '{"figure": 7, "made_by": "1"}')


async def test_a_proposal_that_changes_after_its_approval_is_sent_as_it_was_approved(story: Story) -> None:
    gate = await gate_of(story)
    await story.decide(DECIDER, gate)
    await story.decide(REVIEWER, gate)
    story.office.figures["assess"] = 7
    await story.tick()
    assert story.office.done[0] == ("/assess/1/1", '{"figure": 0, "made_by": "1"}')


async def test_a_rejection_needs_a_reason_and_blocks(story: Story) -> None:
    gate = await gate_of(story)
    with pytest.raises(ReasonMissing):
        await story.decide(DECIDER, gate, Verdict.REJECT, reason="  ")
    assert await story.decide(DECIDER, gate, Verdict.REJECT, reason="测算有误") is GateState.REJECTED
    assert await story.tick() is Outcome.BLOCKED
    stage = (await story.stages())["assess"]
    assert (stage.state, stage.reasons[0]["code"]) == (StageState.BLOCKED, "rejected")
    assert story.office.done == []
    with pytest.raises(NotFound):
        await story.decide(REVIEWER, gate)


async def test_a_gate_that_a_service_owns_is_only_shown(story: Story) -> None:
    await story.start(plan_of(planned("decide", gate={"persons": 1, "roles": ["province_decider"]})))
    assert await story.tick() is Outcome.WAITS_FOR_PERSON
    (gate,) = await story.gates()
    assert gate.kind is GateKind.MIRRORED
    with pytest.raises(DecidedElsewhere):
        await story.decide(DECIDER, gate)
    story.office.decided.add("decide/1")
    assert await story.tick() is Outcome.ADVANCED
    assert [found.state for found in await story.gates(all_of_them=True)] == [GateState.PASSED]


async def test_somebody_is_told_of_each_gate(story: Story) -> None:
    await gate_of(story)
    (notice,) = await story.notices()
    assert (notice.kind, notice.stage) == ("gate", "assess")
    assert list(notice.roles) == [Role.FINANCE_REVIEWER.value, Role.PROVINCE_DECIDER.value]
    assert (notice.zh, notice.en) == (
        "2024年度 环节assess:等待审定", "2024 stage assess: waits for a decision",
    )  # fmt: skip
