"""What a scheme reads and asks: its measures and its conditions."""

from collections.abc import Iterator

from services.scoring.domain.scheme.conditions import (
    Condition,
    measures_in,
)
from services.scoring.domain.scheme.measures import Measure
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.tree import leaves_of


def measures_of(scheme: Scheme) -> tuple[Measure, ...]:
    """Every measure that the scheme reads: of leaves, of conditions and of the tie-break chain."""
    found = [leaf.measure for leaf in leaves_of(scheme.root)]
    keys = (*scheme.lexicographic, *scheme.ties.chain)
    found.extend(key.measure for key in keys if key.measure is not None)
    found.extend(a.measured.measure for a in scheme.adjustments if a.measured is not None)
    for _, condition in conditions_of(scheme):
        found.extend(measures_in(condition))
    return tuple(found)


def conditions_of(scheme: Scheme) -> Iterator[tuple[str, Condition]]:
    for index, adjustment in enumerate(scheme.adjustments):
        yield f"adjustments[{index}]", adjustment.when
    yield "outcomes.eligible", scheme.eligible.when
    yield "outcomes.developing_well", scheme.developing_well.when
    for kind, steps in scheme.proposed_status.items():
        for index, step in enumerate(steps):
            yield f"proposed_status.{kind.value}[{index}]", step.when
