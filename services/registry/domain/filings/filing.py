"""Filings: applications (申报) and annual returns (年度填报), one mechanism with two names.

A filing goes county (prepare, sign off) -> city (verify and recommend) -> source departments (confirm their
indicators) -> province (accept); each can send it back with reasons per field. A sign-off is bound to the
content's hash: any edit voids it. Units that the province runs directly have no city and skip that step.
The order of steps is ours (27号 三(一) names the levels only).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.errors import Kind, Refusal


class FilingKind(StrEnum):
    APPLICATION = "application"
    ANNUAL_RETURN = "annual_return"


class FilingState(StrEnum):
    DRAFT = "draft"
    SIGNED_OFF = "signed_off"
    RECOMMENDED = "recommended"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"


class Step(StrEnum):
    PREPARED = "prepared"
    REVISED = "revised"
    SIGNED_OFF = "signed_off"
    RECOMMENDED = "recommended"
    CONFIRMED = "confirmed"
    ACCEPTED = "accepted"
    SENT_BACK = "sent_back"
    RESTATED = "restated"


#: From which states a step is possible.
POSSIBLE: Final[Mapping[Step, frozenset[FilingState]]] = {
    Step.REVISED: frozenset({FilingState.DRAFT, FilingState.SIGNED_OFF}),
    Step.SIGNED_OFF: frozenset({FilingState.DRAFT}),
    Step.RECOMMENDED: frozenset({FilingState.SIGNED_OFF}),
    Step.CONFIRMED: frozenset({FilingState.RECOMMENDED}),
    Step.ACCEPTED: frozenset({FilingState.CONFIRMED}),
    Step.SENT_BACK: frozenset({FilingState.SIGNED_OFF, FilingState.RECOMMENDED, FilingState.CONFIRMED}),
    Step.RESTATED: frozenset({FilingState.ACCEPTED}),
}

_STATE_ZH: Final = {
    FilingState.DRAFT: "填报中",
    FilingState.SIGNED_OFF: "县级已审核盖章",
    FilingState.RECOMMENDED: "市级已推荐",
    FilingState.CONFIRMED: "部门已确认",
    FilingState.ACCEPTED: "省级审核通过",
}


@dataclass(frozen=True, slots=True)
class Filing:
    """A filing's state without its content."""

    code: str
    kind: FilingKind
    round_code: str
    cluster_code: str
    division_path: tuple[str, ...]
    state: FilingState
    version: int
    content_hash: str
    prepared_by: str
    signed_off_by: str | None
    signed_off_hash: str | None


def filing_code(round_code: str, cluster_code: str) -> str:
    """The business code of a filing: there is one for each cluster and round."""
    return f"{round_code}.{cluster_code}"


class StepNotPossible(Refusal):
    kind = Kind.CONFLICT
    code = "step-not-possible"


class FilingExists(Refusal):
    kind = Kind.CONFLICT
    code = "filing-exists"


def check_step(filing: Filing, step: Step) -> None:
    """Refuses a step that the filing's state does not permit."""
    if filing.state not in POSSIBLE[step]:
        raise StepNotPossible(
            f"{filing.code} 目前“{_STATE_ZH[filing.state]}”,不能进行此步骤",
            f"{filing.code} is {filing.state.value}; this step is not possible now",
        )
