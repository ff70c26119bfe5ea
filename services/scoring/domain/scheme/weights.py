"""Each leaf's share of the whole, as the given weights of a tree say it."""

from decimal import Context, Decimal

from services.scoring.domain.scheme.tree import Leaf, Node

WEIGHT_DIGITS = 15


EXACT = Context(prec=400)


def effective_weights(node: Node, above: Decimal = Decimal(1)) -> dict[str, Decimal]:
    """Each leaf's share of the whole, exact, as long as every value is there."""
    weights: dict[str, Decimal] = {}
    for child in node.children:
        effective = EXACT.multiply(above, child.weight).normalize(EXACT)
        if isinstance(child, Leaf):
            weights[child.code] = effective
        else:
            weights |= effective_weights(child, effective)
    return weights
