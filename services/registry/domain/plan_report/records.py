"""What a plan's years made of a cluster and of a county."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from services.registry.domain.designations import HOLDING, ClusterDesignation
from services.registry.domain.programme.designation_rules import DesignationRules
from shared.contracts.designation_set import DesignationStatus


@dataclass(frozen=True, slots=True)
class YearFigure:
    """A figure of one year; of a cluster an accepted one, of a county that of its own register."""

    code: str
    zh: str
    en: str
    unit: str
    year: int
    value: Decimal


@dataclass(frozen=True, slots=True)
class StatusThen:
    """What held on a day, with its highest level."""

    status: DesignationStatus
    level: str
    effective_from: date
    document_number: str

    @classmethod
    def of(cls, own: ClusterDesignation | None, rules: DesignationRules) -> Self | None:
        if own is None:
            return None
        return cls(own.status, own.highest_level(rules), own.effective_from, own.document_number)


@dataclass(frozen=True, slots=True)
class ClusterRecord:
    """``start`` and ``end``: what held on the plan's first and last day (or today); ``decisions``: the newest first."""

    cluster: str
    name: str
    county_code: str
    start: StatusThen | None
    end: StatusThen | None
    decisions: Sequence[ClusterDesignation]
    figures: Sequence[YearFigure]


@dataclass(frozen=True, slots=True)
class CountyRecord:
    """How many clusters of the county held a designation at the start and at the end, and how many decisions it had.

    ``kept_under``: the code under which its things are kept, which a recode leaves.
    """

    kept_under: str
    code: str
    name: str
    held_at_start: int
    held_at_end: int
    decisions: int
    figures: Sequence[YearFigure]


def holding(designations: Sequence[ClusterDesignation]) -> list[str]:
    return [own.cluster_code for own in designations if own.status in HOLDING]
