"""When a node has too little to have a value itself."""

from collections.abc import Mapping
from decimal import Decimal

from services.scoring.domain.scheme.measures import Absent
from services.scoring.domain.scheme.tree import AbsencePolicy, Node

_FILLS = (AbsencePolicy.ZERO, AbsencePolicy.FLOOR)


def too_little(node: Node, lacking: Mapping[Absent, Decimal], whole: Decimal, number: int) -> Absent | None:
    """What the node is then, or None where it has enough.

    ``lacking`` is the weight of the children in either state, of ``whole``; ``number`` is how many have a value. The
    share that is missing is taken of what applies to the unit at all. Every child with a value counts towards a
    minimum number, whatever the state of the others; a node with fewer children than that needs them all.
    """
    missing, not_applicable = lacking[Absent.MISSING], lacking[Absent.NOT_APPLICABLE]
    applicable = whole - not_applicable
    needed = min(max(node.missing.minimum_number, node.not_applicable.minimum_number), len(node.children))
    if not_applicable > 0 and (
        (applicable == 0 and node.not_applicable.policy not in _FILLS)
        or applicable < node.not_applicable.minimum_share * whole
        or (missing == 0 and number < needed)
    ):
        return Absent.NOT_APPLICABLE
    if missing > 0 and (applicable - missing < node.missing.minimum_share * applicable or number < needed):
        return Absent.MISSING
    return None
