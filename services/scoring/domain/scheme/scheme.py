"""A scoring scheme as data: a tree of weighted indicators and the ordered rules that follow it.

A `Scheme` exists only after `scheme_document.parse_scheme` found no problem in it, so the engine may rely on
every invariant named there: codes unique, weights of siblings adding to exactly 1, goalposts in order, bands
without gap or overlap, and sums that fit the official precision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.scoring.domain.scheme.conditions import Condition
from services.scoring.domain.scheme.grades import Grades
from services.scoring.domain.scheme.measures import Measure
from services.scoring.domain.scheme.names import Name
from services.scoring.domain.scheme.sections import Blend, Cohort, DataRules, Example, Robustness
from services.scoring.domain.scheme.ties import Basis, Rounding, TieKey, Ties
from services.scoring.domain.scheme.tree import Node, leaves_of, nodes_of
from shared.calendar.working_days import DayKind
from shared.policy.documents import SourceDocument
from shared.policy.source import Source

FOLDED_LIMIT = Decimal(10_000)


class AdjustmentKind(StrEnum):
    VETO = "veto"
    PENALTY = "penalty"
    BONUS = "bonus"
    CAP = "cap"


class Kind(StrEnum):
    APPLICATION = "application"
    ASSESSMENT = "assessment"


class Status(StrEnum):
    DESIGNATE = "designate"
    CULTIVATE = "cultivate"
    REFUSE = "refuse"
    KEEP = "keep"
    RECTIFY = "rectify"
    REMOVE = "remove"


PLAIN_DATA, EVERYBODY, USUAL_ROBUSTNESS = DataRules(), Cohort(), Robustness()
STATUSES_OF_KIND: Mapping[Kind, frozenset[Status]] = {
    Kind.APPLICATION: frozenset({Status.DESIGNATE, Status.CULTIVATE, Status.REFUSE}),
    Kind.ASSESSMENT: frozenset({Status.KEEP, Status.RECTIFY, Status.REMOVE}),
}


@dataclass(frozen=True, slots=True)
class MeasuredPoints:
    """So many points for each unit of a measure, from none to the adjustment's `points`."""

    measure: Measure
    per: Decimal
    if_missing: Decimal


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Applied in the order of the scheme. A veto sets the score to `points`, a cap keeps it at or below them; a
    penalty and a bonus add to it, as much as is `measured` where the scheme says so.
    """

    code: str
    name: Name
    source: Source
    kind: AdjustmentKind
    when: Condition
    points: Decimal
    measured: MeasuredPoints | None = None


@dataclass(frozen=True, slots=True)
class NamedOutcome:
    code: str
    source: Source
    when: Condition


@dataclass(frozen=True, slots=True)
class StatusStep:
    """Takes units in rank order that no earlier step took and that satisfy `when`, up to `places`."""

    status: Status
    source: Source
    when: Condition
    places: int | None


@dataclass(frozen=True, slots=True)
class NoticeRules:
    """How long the proposed list is public before it can become final."""

    source: Source
    days: int
    day_kind: DayKind


@dataclass(frozen=True, slots=True)
class Scheme:
    id: str
    version: str
    programme: str
    title: Name
    source: Source
    effective_from: date
    effective_to: date | None
    scale: Decimal
    quantum_digits: int
    root: Node
    adjustments: tuple[Adjustment, ...]
    rounding: Rounding
    rank_on: Basis
    band_on: Basis
    ties: Ties
    grades: Grades | None
    eligible: NamedOutcome
    developing_well: NamedOutcome
    proposed_status: Mapping[Kind, tuple[StatusStep, ...]]
    notice: NoticeRules
    data: DataRules = PLAIN_DATA
    cohort: Cohort = EVERYBODY
    range_: tuple[Decimal, Decimal] | None = None
    peer_group: str | None = None
    blend: Blend | None = None
    lexicographic: tuple[TieKey, ...] = ()
    ascending: bool = False
    robustness: Robustness = USUAL_ROBUSTNESS
    examples: tuple[Example, ...] = ()
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    document: SourceDocument | None = None
    """What the scheme stands on, where it names a document; it is not in force before that was public."""

    @property
    def folds(self) -> bool:
        """Whether a score is one exact sum: 15 decimals of a value, 15 of a weight, four digits before the point."""
        return self.root.folds and self._largest_score < FOLDED_LIMIT

    @property
    def _largest_score(self) -> Decimal:
        values = [leaf.largest for leaf in leaves_of(self.root)]
        floors = [
            absence.floor
            for node in nodes_of(self.root)
            for absence in (node.missing, node.not_applicable)
            if absence.floor is not None
        ]
        bounded = [value for value in (*values, *floors) if value is not None]
        if len(bounded) < len(values) + len(floors):
            return FOLDED_LIMIT
        points = sum((abs(adjustment.points) for adjustment in self.adjustments), Decimal(0))
        return max(map(abs, bounded), default=Decimal(0)) * self.scale + points
