"""Weights by the first principal component exist only where there is a first one."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from services.scoring.domain.engine.tree.weights import computed_weights, first_component
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.steps import WeightMethod


def weights(*rows: tuple[Any, ...]) -> list[str]:
    columns = {
        f"c{i}": [Decimal(str(value)) for value in column] for i, column in enumerate(zip(*rows, strict=True))
    }
    return [
        str(weight) for weight in computed_weights(WeightMethod.PCA, columns, node="n", digits=6).values()
    ]


@pytest.mark.parametrize(
    "rows",
    [
        [(0, 0), (0, 1), (1, 0), (1, 1)],
        [(1, 2, 3), (2, 3, 1), (3, 1, 2)],
        [(a, b, c) for a in (0, 1) for b in (0, 1) for c in (0, 1)],
    ],
)
def test_without_a_first_component_there_are_no_weights(rows: list[tuple[int, ...]]) -> None:
    with pytest.raises(StepNotPossible, match="not unique"):
        weights(*rows)


def test_two_columns_that_go_together_weigh_the_same() -> None:
    assert weights((1, 1), (2, 3), (3, 2), (4, 4)) == ["0.500000", "0.500000"]


def test_a_start_across_the_first_component_does_not_matter() -> None:
    """Two columns that run against each other: their component is (1, -1)."""
    assert weights((1, 4), (2, 2), (3, 3), (4, 1)) == ["0.500000", "0.500000"]


@pytest.mark.parametrize("seed", range(5))
def test_the_loadings_are_those_of_numpy(seed: int) -> None:
    matrix = np.random.Generator(np.random.PCG64(seed)).normal(size=(12, 4))
    columns = [[Decimal(repr(float(value))) for value in column] for column in matrix.T]
    values, vectors = np.linalg.eigh(np.corrcoef(matrix.T))
    expected = vectors[:, np.argmax(values)]
    found = np.array([float(value) for value in first_component(columns, node="n")])
    assert np.allclose(found * np.sign(found @ expected), expected, rtol=0, atol=1e-12)


def test_a_column_that_runs_against_the_component_is_named() -> None:
    columns = {
        "a": [Decimal(value) for value in (1, 2, 3, 4)],
        "b": [Decimal(value) for value in (2, 1, 4, 3)],
        "c": [Decimal(value) for value in (4, 3, 2, 1)],
    }
    opposed: list[str] = []
    computed_weights(WeightMethod.PCA, columns, node="n", digits=6, opposed=opposed)
    assert opposed == ["c"]
