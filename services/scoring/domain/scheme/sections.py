"""The sections around the tree: data, cohort, blend, robustness and worked examples."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from services.scoring.domain.scheme.steps import Normalise


class Over(StrEnum):
    """Where a scheme with peer groups takes its parameters from: each group from its own units, or all groups from
    the same ones (a panel: over all years, or over a base year).
    """

    OWN_GROUP = "own_group"
    ALL_GROUPS = "all_groups"


@dataclass(frozen=True, slots=True)
class Cohort:
    """Whose values minima, means and weights are taken from; `frozen` holds them once they are fixed.

    Keyed by the code of a leaf or node, then by the name of the parameter; with peer groups that each have parameters
    of their own, first by the group. `over` is None where the scheme does not say.
    """

    name: str = "all"
    over: Over | None = None
    group: str | None = None
    members: tuple[str, ...] = ()
    frozen: Mapping[str, Mapping[str, Decimal]] | None = field(default=None)
    frozen_by_group: Mapping[str, Mapping[str, Mapping[str, Decimal]]] | None = field(default=None)

    @property
    def joint(self) -> bool:
        """Whether all peer groups have the same parameters."""
        return self.over is Over.ALL_GROUPS


@dataclass(frozen=True, slots=True)
class DataRules:
    """How a table is read: which column names the unit, which are groups, and what stands for no value.

    `panel`: every row is scored, each as the unit in that row's year; then the years are the peer groups.
    """

    unit: str = "unit"
    year: str | None = None
    data_year: int = 0
    groups: tuple[str, ...] = ()
    denominators: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("", "NA")
    not_applicable: tuple[str, ...] = ("not_applicable",)

    @property
    def panel(self) -> bool:
        return self.year is not None and not self.data_year


@dataclass(frozen=True, slots=True)
class Blend:
    """Final score: data weight times the score of the tree plus the rest times the experts' score."""

    data_weight: Decimal
    indicator: str
    data_only_if_missing: bool


@dataclass(frozen=True, slots=True)
class Robustness:
    """`stated`: whether the scheme has the section, or the documented defaults hold."""

    draws: int = 10_000
    seed: int = 1
    top: int = 10
    weights: str = "uniform"
    spread: Decimal = Decimal("0.25")
    concentration: Decimal = Decimal(100)
    normalisations: tuple[Normalise, ...] = ()
    aggregations: tuple[str, ...] = ()
    leave_one_out: bool = False
    sobol_samples: int = 0
    stable: Decimal = Decimal("0.95")
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A policy officer's own example: given these values, expect this score."""

    name: str
    values: Mapping[str, str | None]
    facts: Mapping[str, str]
    groups: Mapping[str, str]
    score: Decimal
    nodes: Mapping[str, Decimal]
