"""Several final releases of a year as one list, as data: how they are ranked, and which result of a cluster counts."""

from dataclasses import dataclass
from enum import StrEnum

from shared.contracts.snapshot import RoundKind
from shared.policy.source import Source


class RankedBy(StrEnum):
    """What the one list is ranked by."""

    SCORE = "score"  # the published score; only where it means the same in every release
    ORDER = "order"  # one release behind the other, each in its released ranks


@dataclass(frozen=True, slots=True)
class ReleasesRule:
    """``order``: the kinds of filing rounds, the first one first; empty where the list goes by score. ``in_several``:
    the kind whose result counts for a cluster that is in several releases; none where that is refused."""

    ranked_by: RankedBy
    order: tuple[RoundKind, ...]
    in_several: RoundKind | None
    source: Source
