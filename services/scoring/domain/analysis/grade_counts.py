"""How often each unit got each grade over many draws: absolute bands by its score, quotas by its rank, a lookup by
the values of its nodes.
"""

from collections.abc import Mapping
from decimal import Decimal

import numpy as np

from services.scoring.domain.analysis.float_columns import Counts, Floats
from services.scoring.domain.analysis.float_tree import Plan
from services.scoring.domain.engine.ranking.grades import places_of
from services.scoring.domain.scheme.grades import Grades, SubGrade

NEAR = 1e-12


class GradeCounts:
    """Fed chunk by chunk; quotas need no feeding, their counts follow from those of the ranks."""

    def __init__(self, plan: Plan, grades: Grades) -> None:
        self._plan, self._grades = plan, grades
        looked_up = [grade for _, grade in grades.lookup.rows] if grades.lookup else []
        bands = [band.code for band in grades.bands] or [quota.code for quota in grades.quotas]
        self.codes = bands or list(dict.fromkeys(looked_up))
        self._counts = np.zeros((len(plan.scored), len(self.codes)), dtype=np.int64)

    @property
    def of_scores(self) -> bool:
        return bool(self._grades.bands)

    @property
    def of_nodes(self) -> bool:
        return self._grades.lookup is not None

    def add_scores(self, scores: Floats) -> None:
        """(draws, units) in points."""
        minima = np.array([float(band.minimum) for band in reversed(self._grades.bands)])
        last = len(self.codes) - 1
        held = np.clip(np.searchsorted(minima, scores + NEAR, side="right") - 1, 0, last)
        self._add(last - held)

    def add_nodes(self, nodes: Mapping[str, Floats]) -> None:
        """(units, draws or 1) of every node and leaf, on the scale of the tree."""
        lookup = self._grades.lookup
        assert lookup is not None  # noqa: S101 - asked for with one only
        scale = float(self._plan.scheme.scale)
        held = {s.code: _bands_of(s, nodes[s.node] * scale) for s in self._grades.subgrades}
        order = {s.code: [code for code, _ in s.bands] for s in self._grades.subgrades}
        shape = np.broadcast_shapes(*(bands.shape for bands in held.values()), (1, 1))
        result = np.zeros((len(self._plan.scored), shape[1]), dtype=np.int64)
        for wanted, grade in reversed(lookup.rows):
            fits = np.ones(result.shape, dtype=bool)
            for key, codes in zip(lookup.keys, wanted, strict=True):
                if codes is not None:
                    fits &= np.isin(held[key], [order[key].index(code) for code in codes])
            result[fits] = self.codes.index(grade)
        self._add(result.T)

    def counts(self, ranks: Counts) -> Counts:
        """(units, grades); `ranks` are the counts of (units, ranks)."""
        if not self._grades.quotas:
            return self._counts
        ends = np.minimum(np.cumsum(places_of(self._grades.quotas, len(self._plan.scored))), ranks.shape[1])
        cumulative = np.concatenate(
            [np.zeros((ranks.shape[0], 1), dtype=np.int64), ranks.cumsum(axis=1)], axis=1
        )
        return np.asarray(np.diff(cumulative[:, [0, *ends]], axis=1))

    def _add(self, positions: Counts) -> None:
        for position in range(len(self.codes)):
            self._counts[:, position] += (positions == position).sum(axis=0)


def _bands_of(subgrade: SubGrade, values: Floats) -> Counts:
    """The first band from the top whose minimum is reached, by its place; below the lowest, or without a value: -1."""
    result = np.full(values.shape, -1, dtype=np.int64)
    for position in range(len(subgrade.bands) - 1, -1, -1):
        minimum: Decimal = subgrade.bands[position][1]
        result[values >= float(minimum) - NEAR] = position
    return result
