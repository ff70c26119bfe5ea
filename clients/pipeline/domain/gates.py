"""Who may decide, and what the decisions of a gate come to. What you saw is what you decide: by the proposal's hash."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from clients.pipeline.domain.states import GateState, Verdict
from shared.errors import Kind, MakerCannotCheck, Refusal, RoleNotPermitted
from shared.text.hygiene import stored
from shared.text.units import unit_key
from shared.web.principals import Principal, Role


class DecisionOutdated(Refusal):
    """The proposal changed since it was read."""

    kind = Kind.STALE
    code = "decision-outdated"


class DecidedAlready(Refusal):
    """One person decides once, also under another account."""

    kind = Kind.CONFLICT
    code = "decided-already"


class SameUnit(Refusal):
    """The persons of this gate are of different units."""

    kind = Kind.FORBIDDEN
    code = "same-unit"


class ReasonMissing(Refusal):
    code = "reason-missing"


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision as it is kept; ``person`` is whoever an account acts for."""

    person: str
    name: str
    unit: str
    verdict: Verdict
    proposal_sha256: str


@dataclass(frozen=True, slots=True)
class GateRules:
    """So many persons with one of these roles; ``proposers`` are the persons whose own work it is."""

    persons: int
    roles: frozenset[Role]
    units_differ: bool
    proposers: frozenset[str]


def check_decision(
    rules: GateRules,
    principal: Principal,
    verdict: Verdict,
    *,
    reason: str,
    seen_sha256: str,
    proposal_sha256: str,
    earlier: Sequence[Decided],
) -> None:
    """Refuses a decision by whom it is not for; nothing is kept then."""
    if not principal.roles & rules.roles:
        names = ", ".join(sorted(role.value for role in rules.roles))
        raise RoleNotPermitted(f"本环节由 {names} 决定", f"This is decided by: {names}")
    if principal.person in rules.proposers:
        raise MakerCannotCheck("本项由您提出,须由另一人决定", "You proposed this; another person decides it")
    if seen_sha256 != proposal_sha256:
        raise DecisionOutdated(
            f"内容已变化,您看到的是 {seen_sha256[:19]}…,现为 {proposal_sha256[:19]}…,请重新查看后再决定",
            f"It changed since you read it: you saw {seen_sha256[:19]}…, it is {proposal_sha256[:19]}… now; "
            "read it again before you decide",
        )
    if any(_same_person(decision, principal) for decision in earlier):
        raise DecidedAlready(
            "您已就本项作出决定;同一人用另一账号也只算一次",
            "You have decided this already; one person counts once, also under another account",
        )
    if rules.units_differ:
        _check_unit(principal, {decision.unit for decision in earlier})
    if verdict is Verdict.REJECT and not reason.strip():
        raise ReasonMissing("不同意须写明理由", "A rejection needs a reason")


def outcome_of(rules: GateRules, decisions: Sequence[Decided]) -> GateState:
    """One rejection rejects; enough approvals pass."""
    if any(decision.verdict is Verdict.REJECT for decision in decisions):
        return GateState.REJECTED
    return GateState.PASSED if len(decisions) >= rules.persons else GateState.OPEN


def _same_person(decision: Decided, principal: Principal) -> bool:
    """By account, or by the name in one province's directory: two accounts of one name are one person."""
    name = stored(principal.name).text
    return decision.person == principal.person or (name != "" and decision.name == name)


def _check_unit(principal: Principal, others: Collection[str]) -> None:
    if not unit_key(principal.unit):
        raise SameUnit("您的账号没有写明单位,不能参与会签", "Your account names no unit; it takes one here")
    if unit_key(principal.unit) in {unit_key(other) for other in others}:
        raise SameUnit(
            f"会签须由不同单位的人员作出,{principal.unit} 已有人决定",
            f"The persons must be of different units, and one of {principal.unit} has decided",
        )
