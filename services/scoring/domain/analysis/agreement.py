"""Both engines on every run: scores within 1e-9, and the same order wherever official scores differ by more."""

import numpy as np

from services.scoring.domain.analysis.float_tree import finished, plan_of, tree_values
from services.scoring.domain.engine.run import Run
from services.scoring.domain.refusals import EnginesDisagree
from shared.errors import Item

TOLERANCE = 1e-9
ITEMS_LIMIT = 20


def check_agreement(run: Run, *, data_year: int | None = None) -> float:
    """The largest difference found; refuses where it is above the tolerance (above 1: relative)."""
    plan = plan_of(run, data_year=data_year)
    if not plan.scored:
        return 0.0
    scores = finished(plan, tree_values(plan, plan.columns, plan.weights))[:, 0]
    official = np.array([float(unit.unrounded) for unit in plan.scored if unit.unrounded is not None])
    apart = np.abs(scores - official) / np.maximum(1.0, np.abs(official))
    wrong = [index for index in range(len(official)) if not apart[index] <= TOLERANCE]
    order = np.argsort(official, kind="stable")
    steps, size = np.diff(official[order]), np.maximum(1.0, np.abs(official[order][1:]))
    swapped = np.flatnonzero((steps > 2 * TOLERANCE * size) & (np.diff(scores[order]) <= 0))
    wrong.extend(int(order[index]) for index in swapped)
    if wrong:
        items = [
            Item(
                field=plan.scored[i].unit,
                rule="engines-disagree",
                zh=f"官方{official[i]!r},分析{scores[i]!r}",
                en=f"official {official[i]!r}, analysis {scores[i]!r}",
            )
            for i in wrong[:ITEMS_LIMIT]
        ]
        raise EnginesDisagree("两个引擎结果不一致", "The two engines disagree", items=items)
    return float(apart.max())
