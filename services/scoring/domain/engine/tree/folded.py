"""One unit through the tree: values between their goalposts, and the weight that each of them has in the
end.

The tree of arithmetic means is folded into one effective weight per leaf, so a score is one sum. Where a
value is absent and its siblings take over its weight, the new weights are ratios; they are cut to 15
decimals and what is left over goes to the largest remainders (equal ones in the order of codes). So the
weights of every unit add to exactly 1, and its sum stays exact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from services.scoring.domain.engine.columns.columns import Values
from services.scoring.domain.engine.tree.absence import too_little
from services.scoring.domain.scheme.measures import Absent
from services.scoring.domain.scheme.tree import Absence, AbsencePolicy, Leaf, Node
from services.scoring.domain.scheme.weights import WEIGHT_DIGITS, effective_weights

WEIGHT_QUANTA = 10**WEIGHT_DIGITS


@dataclass(frozen=True, slots=True)
class Term:
    """One summand: a leaf, or an inner node that a policy filled. `value` is on 0..1, `weight` a share of
    1.
    """

    node: str
    value: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class Excluded:
    """A policy takes the unit out of the scoring because of this node, or (`refused`) the scheme has no policy."""

    node: str
    refused: bool = False


Share: TypeAlias = tuple[str, Decimal, Fraction]


def complete_weights(root: Node) -> dict[str, Decimal]:
    """The weights of a unit that has every value, by code: what `terms_of` finds for it, once for all."""
    weights = effective_weights(root)
    return {code: weights[code].quantize(Decimal(1).scaleb(-WEIGHT_DIGITS)) for code in sorted(weights)}


def terms_of(
    root: Node, values: Values, *, complete: Mapping[str, Decimal] | None = None
) -> tuple[Term, ...] | Excluded:
    """The summands of one unit, weights adding to exactly 1; or the node that takes the unit out."""
    if complete is not None:
        present = [(code, values[code], weight) for code, weight in complete.items()]
        terms = tuple(Term(code, v, weight) for code, v, weight in present if not isinstance(v, Absent))
        if len(terms) == len(present):
            return terms
    shares = _shares(root, values)
    if isinstance(shares, Excluded):
        return shares
    if isinstance(shares, Absent):
        return Excluded(root.code)
    return _rounded_weights(shares)


def _shares(node: Node, values: Values) -> list[Share] | Absent | Excluded:
    """The node's summands with weights adding to 1 inside the node."""
    kept: list[tuple[Decimal, list[Share]]] = []
    absent = {Absent.MISSING: Decimal(0), Absent.NOT_APPLICABLE: Decimal(0)}
    number = len(node.children)
    for child in node.children:
        part = _child_shares(child, values)
        if isinstance(part, Excluded):
            return part
        if isinstance(part, Absent):
            absent[part] += child.weight
            number -= 1
            filled = _fill(child.code, _policy(node, part))
            if isinstance(filled, Excluded):
                return filled
            part = filled
        if part:
            kept.append((child.weight, part))
    lacking = too_little(node, absent, Decimal(1), number)
    if lacking is not None or not kept:
        return lacking or Absent.MISSING
    total = Fraction(sum(weight for weight, _ in kept))
    return [
        (code, value, Fraction(weight) / total * share)
        for weight, part in kept
        for code, value, share in part
    ]


def _child_shares(child: Node | Leaf, values: Values) -> list[Share] | Absent | Excluded:
    if isinstance(child, Node):
        return _shares(child, values)
    value = values[child.code]
    return value if isinstance(value, Absent) else [(child.code, value, Fraction(1))]


def _policy(node: Node, state: Absent) -> Absence:
    return node.missing if state is Absent.MISSING else node.not_applicable


def _fill(code: str, absence: Absence) -> list[Share] | Excluded:
    """What stands for an absent child: nothing (its siblings take its weight), zero, the floor, or the way
    out.
    """
    match absence.policy:
        case AbsencePolicy.RENORMALISE:
            return []
        case AbsencePolicy.ZERO:
            return [(code, Decimal(0), Fraction(1))]
        case AbsencePolicy.FLOOR:
            return [(code, absence.floor or Decimal(0), Fraction(1))]
        case AbsencePolicy.EXCLUDE_UNIT:
            return Excluded(code)
        case AbsencePolicy.REFUSE:
            return Excluded(code, refused=True)


def _rounded_weights(shares: list[Share]) -> tuple[Term, ...]:
    ordered = sorted(shares)
    quanta = [divmod(share.numerator * WEIGHT_QUANTA, share.denominator) for _, _, share in ordered]
    left = WEIGHT_QUANTA - sum(whole for whole, _ in quanta)
    remainders = [
        Fraction(rest, share.denominator) for (_, rest), (_, _, share) in zip(quanta, ordered, strict=True)
    ]
    by_remainder = sorted(range(len(ordered)), key=lambda index: (-remainders[index], index))
    extra = set(by_remainder[:left])
    return tuple(
        Term(code, value, Decimal(quanta[index][0] + (index in extra)).scaleb(-WEIGHT_DIGITS))
        for index, (code, value, _) in enumerate(ordered)
    )
