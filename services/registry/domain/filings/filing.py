"""Filings: applications (申报) and annual returns (年度填报), one mechanism with two names.

A filing goes county (prepare, sign off) -> city (verify and recommend) -> source departments (confirm their
indicators) -> province (accept); each can send it back with reasons per field. A sign-off is bound to the
content's hash: any edit voids it. Units that the province runs directly have no city and skip that step.
The order of steps is ours (27号 三(一) names the levels only).
"""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal

from services.registry.domain.programme.documents import IndicatorCatalogue
from shared.documents.canonical import decimal_text, document_hash
from shared.errors import Kind, MakerCannotCheck, Refusal

Provenance = Literal["reported", "published", "synthetic", "derived"]
ValueState = Literal["value", "zero", "missing", "not_applicable"]


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
    FilingState.ACCEPTED: "省级已受理",
}


@dataclass(frozen=True, slots=True)
class FiledValue:
    """One figure of one year as filed: its state, what was counted (口径), and where it comes from."""

    indicator: str
    data_year: int
    state: ValueState
    value: Decimal | None
    definition: str
    provenance: Provenance
    source: str

    @property
    def key(self) -> tuple[str, int]:
        return (self.indicator, self.data_year)


@dataclass(frozen=True, slots=True)
class Waiver:
    """A reason why a waivable rule does not hold for one value."""

    rule: str
    indicator: str
    data_year: int
    reason: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a filing states. Its hash is what a sign-off is bound to."""

    values: tuple[FiledValue, ...]
    facts: Mapping[str, str]
    waivers: tuple[Waiver, ...]

    def hash(self, *, cluster: str, round_code: str) -> str:
        return document_hash(
            {
                "cluster": cluster,
                "round": round_code,
                "facts": dict(self.facts),
                "values": [
                    {
                        "indicator": value.indicator,
                        "data_year": value.data_year,
                        "state": value.state,
                        "value": None if value.value is None else decimal_text(value.value),
                        "definition": value.definition,
                        "provenance": value.provenance,
                        "source": value.source,
                    }
                    for value in sorted(self.values, key=lambda value: value.key)
                ],
                "waivers": [
                    {"rule": w.rule, "indicator": w.indicator, "data_year": w.data_year, "reason": w.reason}
                    for w in sorted(self.waivers, key=lambda w: (w.rule, w.indicator, w.data_year))
                ],
            }
        )


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


class StepNotPossible(Refusal):
    kind = Kind.CONFLICT
    code = "step-not-possible"


class RoundClosed(Refusal):
    kind = Kind.CONFLICT
    code = "round-closed"


class FilingExists(Refusal):
    kind = Kind.CONFLICT
    code = "filing-exists"


class FilingHasErrors(Refusal):
    code = "filing-has-errors"


class SignOffVoid(Refusal):
    """The content is not the one that was signed off."""

    kind = Kind.CONFLICT
    code = "sign-off-void"


class ClusterHoldsDesignation(Refusal):
    kind = Kind.CONFLICT
    code = "cluster-holds-designation"


class ClusterHoldsNoDesignation(Refusal):
    kind = Kind.CONFLICT
    code = "cluster-holds-no-designation"


class NothingToConfirm(Refusal):
    kind = Kind.CONFLICT
    code = "nothing-to-confirm"


def check_step(filing: Filing, step: Step) -> None:
    """Refuses a step that the filing's state does not permit."""
    if filing.state not in POSSIBLE[step]:
        raise StepNotPossible(
            f"{filing.code} 目前“{_STATE_ZH[filing.state]}”,不能进行此步骤",
            f"{filing.code} is {filing.state.value}; this step is not possible now",
        )


def check_signer(filing: Filing, signer: str) -> None:
    """A second person of the county answers for the content."""
    if signer == filing.prepared_by:
        raise MakerCannotCheck(
            "填报人不能审核盖章,须由另一人办理", "The preparer may not sign off; another person must"
        )


def state_after_sign_off(filing: Filing) -> FilingState:
    """A province-run unit (path of two) has no city to recommend it."""
    return FilingState.RECOMMENDED if len(filing.division_path) == 2 else FilingState.SIGNED_OFF


def unconfirmed_departments(
    catalogue: IndicatorCatalogue, confirmed: Set[tuple[str, int]], values: Iterable[FiledValue]
) -> frozenset[str]:
    """The departments that have not yet confirmed all of their indicators' values."""
    indicators = catalogue.by_code()
    return frozenset(
        indicators[value.indicator].source_department for value in values if value.key not in confirmed
    )
