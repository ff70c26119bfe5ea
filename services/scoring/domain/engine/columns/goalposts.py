"""A figure between two fixed goalposts."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from services.scoring.domain.scheme.measures import Absent, Cell
from services.scoring.domain.scheme.tree import Direction, Leaf


def normaliser(leaf: Leaf, *, quantum_digits: int) -> Callable[[Cell], Decimal | Absent]:
    """Clamps a figure to the goalposts and rounds once, half up, to the quantum; in whole numbers, so exactly."""
    low, high = Fraction(leaf.minimum), Fraction(leaf.maximum)
    span = (high - low) / 10**quantum_digits
    benefit = leaf.direction is Direction.BENEFIT

    def normalised(cell: Cell) -> Decimal | Absent:
        if isinstance(cell, Absent):
            return cell
        clamped = low if cell <= low else high if cell >= high else cell
        quanta = (clamped - low if benefit else high - clamped) / span
        above, below = quanta.numerator, quanta.denominator
        return Decimal((2 * above + below) // (2 * below)).scaleb(-quantum_digits)

    return normalised
