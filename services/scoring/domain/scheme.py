"""A scoring scheme as data: a tree of weighted indicators and the ordered rules that follow it.

A `Scheme` exists only after `scheme_document.parse_scheme` found no problem in it, so the engine may rely on
every invariant named there: codes unique, weights of siblings adding to exactly 1, goalposts in order, bands
without gap or overlap, and sums that fit the official precision.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.scoring.domain.conditions import Condition
from services.scoring.domain.measures import Measure


class Label(StrEnum):
    OFFICIAL = "official"
    ILLUSTRATIVE = "illustrative"


class Aggregation(StrEnum):
    ARITHMETIC = "arithmetic"


class Direction(StrEnum):
    BENEFIT = "benefit"
    COST = "cost"


class AbsencePolicy(StrEnum):
    """What a node does about a child without a value."""

    RENORMALISE = "renormalise"
    ZERO = "zero"
    FLOOR = "floor"
    EXCLUDE_UNIT = "exclude_unit"


class AdjustmentKind(StrEnum):
    VETO = "veto"
    PENALTY = "penalty"
    BONUS = "bonus"


class Basis(StrEnum):
    ROUNDED = "rounded"
    UNROUNDED = "unrounded"


class TieMethod(StrEnum):
    """`min` ranks 1, 2, 2, 4; `dense` ranks 1, 2, 2, 3."""

    MIN = "min"
    DENSE = "dense"


class Exhausted(StrEnum):
    """Units that no tie-break separates share a rank, or stop the run."""

    SHARE = "share"
    REFUSE = "refuse"


class AtCut(StrEnum):
    """A group of equals that does not fit the places left: all of it enters, none of it, or the run stops."""

    ALL = "all"
    NONE = "none"
    REFUSE = "refuse"


class RoundingMode(StrEnum):
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


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


STATUSES_OF_KIND: Mapping[Kind, frozenset[Status]] = {
    Kind.APPLICATION: frozenset({Status.DESIGNATE, Status.CULTIVATE, Status.REFUSE}),
    Kind.ASSESSMENT: frozenset({Status.KEEP, Status.RECTIFY, Status.REMOVE}),
}


@dataclass(frozen=True, slots=True)
class Name:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule comes from. An official one names its clause; one of ours may say what it follows."""

    label: Label
    clause: str | None
    basis: str | None


@dataclass(frozen=True, slots=True)
class Absence:
    """`minimum_share`: a node whose children with a value hold less weight than this has no value itself."""

    policy: AbsencePolicy
    floor: Decimal | None
    minimum_share: Decimal


@dataclass(frozen=True, slots=True)
class Leaf:
    """One measure between two fixed goalposts, clamped to 0..1."""

    code: str
    name: Name
    source: Source
    weight: Decimal
    measure: Measure
    direction: Direction
    minimum: Decimal
    maximum: Decimal


@dataclass(frozen=True, slots=True)
class Node:
    code: str
    name: Name
    source: Source
    weight: Decimal
    aggregation: Aggregation
    missing: Absence
    not_applicable: Absence
    children: tuple["Node | Leaf", ...]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Applied in the order of the scheme. A veto sets the score to `points`; a penalty and a bonus add to
    it.
    """

    code: str
    name: Name
    source: Source
    kind: AdjustmentKind
    when: Condition
    points: Decimal


@dataclass(frozen=True, slots=True)
class Rounding:
    digits: int
    mode: RoundingMode


@dataclass(frozen=True, slots=True)
class TieKey:
    """Either a node's value, a measure, or the unrounded score decides between equals."""

    node: str | None
    measure: Measure | None
    descending: bool


@dataclass(frozen=True, slots=True)
class Ties:
    method: TieMethod
    chain: tuple[TieKey, ...]
    exhausted: Exhausted
    at_cut: AtCut


@dataclass(frozen=True, slots=True)
class Band:
    """`minimum <= score < maximum`; the top band includes its maximum."""

    code: str
    name: Name
    minimum: Decimal
    maximum: Decimal


@dataclass(frozen=True, slots=True)
class QuotaBand:
    """The next `places` units in rank order, or the next `share` of all ranked units (rounded down)."""

    code: str
    name: Name
    places: int | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Grades:
    """Absolute bands from the top down, or quota bands of which the last takes the rest."""

    source: Source
    bands: tuple[Band, ...]
    quotas: tuple[QuotaBand, ...]

    def codes(self) -> frozenset[str]:
        return frozenset(band.code for band in self.bands) | frozenset(quota.code for quota in self.quotas)


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
    day_kind: str


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


def leaves_of(node: Node) -> tuple[Leaf, ...]:
    """All leaves below a node, in the order of the scheme."""
    found: list[Leaf] = []
    for child in node.children:
        found.extend((child,) if isinstance(child, Leaf) else leaves_of(child))
    return tuple(found)


def nodes_of(node: Node) -> tuple[Node, ...]:
    """The node itself and all inner nodes below it, in the order of the scheme."""
    found = [node]
    for child in node.children:
        if isinstance(child, Node):
            found.extend(nodes_of(child))
    return tuple(found)
