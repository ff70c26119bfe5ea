"""pymcdm, scikit-criteria and scipy agree where their method is the same."""

from typing import Any

import numpy as np
import pymcdm.methods
import pymcdm.normalizations
import pymcdm.weights
import pytest
import scipy.stats
import skcriteria
from skcriteria.agg.simple import WeightedSumModel
from skcriteria.agg.topsis import TOPSIS
from skcriteria.preprocessing.scalers import StandarScaler
from skcriteria.preprocessing.weighters import CRITIC, EntropyWeighter, StdWeighter

from services.scoring.domain.engine.run import Run
from tests.unit.scoring.engine.test_engines_properties import CODES, run_of, scheme_of, units_of

MATRIX = np.round(np.random.Generator(np.random.PCG64(3)).uniform(1, 99, size=(12, 4)), 2)
SIGNS = np.array([1, -1, 1, 1])
WEIGHTS = np.array([0.1, 0.2, 0.3, 0.4])


def of_matrix(method: str, aggregation: Any, weights: str = "given") -> Run:
    leaves = [
        {"code": c, "direction": "benefit" if s > 0 else "cost", "normalise": {"method": method}}
        | ({"weight": str(w)} if weights == "given" else {})
        for c, s, w in zip(CODES, SIGNS, WEIGHTS, strict=True)
    ]
    order = {"order": "ascending"} if isinstance(aggregation, dict) else {}  # VIKOR: less is better
    scheme = scheme_of({"aggregation": aggregation, "weights": weights, "children": leaves}, **order)
    table: list[list[str | None]] = [[repr(float(x)) for x in row] for row in MATRIX]
    return run_of(scheme, units_of(table))


def scores_of(run: Run) -> Any:
    return np.array([float(unit.unrounded) for unit in run.scored if unit.unrounded is not None])


def benefit_run(
    method: str | dict[str, Any], *, weights: str = "equal", aggregation: Any = "arithmetic"
) -> Run:
    rule = method if isinstance(method, dict) else {"method": method}
    leaves = [{"code": c, "direction": "benefit", "normalise": rule} for c in CODES]
    if weights == "given":
        leaves = [leaf | {"weight": str(w)} for leaf, w in zip(leaves, WEIGHTS, strict=True)]
    scheme = scheme_of({"aggregation": aggregation, "weights": weights, "children": leaves})
    return run_of(scheme, units_of([[repr(float(x)) for x in row] for row in MATRIX]))


def test_topsis_vikor_sums_and_products_are_those_of_pymcdm() -> None:
    topsis = pymcdm.methods.TOPSIS(pymcdm.normalizations.minmax_normalization)(MATRIX, WEIGHTS, SIGNS)
    assert np.allclose(scores_of(of_matrix("min_max", "topsis")), topsis, rtol=0, atol=1e-12)
    for v in (0.0, 0.25, 0.5, 1.0):
        vikor = pymcdm.methods.VIKOR(v=v)(MATRIX, WEIGHTS, SIGNS)
        ours = scores_of(of_matrix("none", {"method": "vikor", "v": str(v)}))
        assert np.allclose(ours, vikor, rtol=0, atol=1e-12), v
    wsm = pymcdm.methods.WSM(pymcdm.normalizations.minmax_normalization)(MATRIX, WEIGHTS, SIGNS)
    assert np.allclose(scores_of(of_matrix("min_max", "arithmetic")), wsm, rtol=0, atol=1e-12)
    wpm = pymcdm.methods.WPM(pymcdm.normalizations.sum_normalization)(MATRIX, WEIGHTS, np.ones(4))
    ours = scores_of(benefit_run("share", weights="given", aggregation="product"))
    assert np.allclose(ours, wpm, rtol=0, atol=1e-12)


WEIGHTERS = {
    "entropy": (pymcdm.weights.entropy_weights, EntropyWeighter),
    "critic": (pymcdm.weights.critic_weights, CRITIC),
    "standard_deviation": (pymcdm.weights.standard_deviation_weights, StdWeighter),
}


@pytest.mark.parametrize("method", WEIGHTERS)
def test_computed_weights_are_those_of_pymcdm_and_scikit_criteria(method: str) -> None:
    """To the last digits of a float. A zero is where they part: entropy takes 0 ln 0 as 0, pymcdm refuses it."""
    run = benefit_run("none", weights=method)
    assert run.nodes is not None
    found = [float(run.nodes.weights["root"][c]) for c in CODES]
    pymcdm_weights, scikit = WEIGHTERS[method]
    assert np.allclose(found, pymcdm_weights(MATRIX), rtol=0, atol=1e-14)
    weighted = scikit().transform(skcriteria.mkdm(MATRIX, [max] * 4))
    assert np.allclose(found, weighted.weights.values, rtol=0, atol=1e-14)


def test_entropy_of_a_column_with_zeros_is_that_of_scipy() -> None:
    table = MATRIX.copy()
    table[:3, 1] = 0
    leaves = [{"code": c, "direction": "benefit", "normalise": {"method": "none"}} for c in CODES]
    scheme = scheme_of({"aggregation": "arithmetic", "weights": "entropy", "children": leaves})
    run = run_of(scheme, units_of([[repr(float(x)) for x in row] for row in table]))
    assert run.nodes is not None
    spread = 1 - scipy.stats.entropy(table, base=len(table), axis=0)
    found = [float(run.nodes.weights["root"][c]) for c in CODES]
    assert np.allclose(found, spread / spread.sum(), rtol=0, atol=1e-14)


NORMALISATIONS: dict[str, tuple[dict[str, Any], Any]] = {
    "min_max": ({"method": "min_max"}, pymcdm.normalizations.minmax_normalization),
    "vector": ({"method": "vector"}, pymcdm.normalizations.vector_normalization),
    "share": ({"method": "share"}, pymcdm.normalizations.sum_normalization),
    "fraction_of_max": ({"method": "fraction_of_max"}, pymcdm.normalizations.max_normalization),
    "z_score": (
        {"method": "z_score", "population": True},
        lambda x: (
            StandarScaler(target="matrix").transform(skcriteria.mkdm(x[:, None], [max])).matrix.values[:, 0]
        ),
    ),
    "normal_score": (
        {"method": "normal_score"},
        lambda x: scipy.stats.norm.cdf((x - x.mean()) / x.std(ddof=1)),
    ),
}


@pytest.mark.parametrize("name", NORMALISATIONS)
def test_normalisations_are_those_of_pymcdm_scikit_criteria_and_scipy(name: str) -> None:
    rule, oracle = NORMALISATIONS[name]
    run = benefit_run(rule)
    for index, code in enumerate(CODES):
        found = [float(value) for value in run.table.stages["normalised"][code]]
        assert np.allclose(found, oracle(MATRIX[:, index]), rtol=0, atol=1e-14), code


def test_scikit_criteria_agrees_where_its_method_is_the_same() -> None:
    low, high = MATRIX.min(axis=0), MATRIX.max(axis=0)
    scaled = np.where(SIGNS > 0, (MATRIX - low) / (high - low), (high - MATRIX) / (high - low))
    summed = WeightedSumModel().evaluate(skcriteria.mkdm(scaled, [max] * 4, weights=WEIGHTS))
    run = of_matrix("min_max", "arithmetic")
    assert np.allclose(scores_of(run), summed.e_.score, atol=1e-12)
    lengths = MATRIX / np.sqrt((MATRIX**2).sum(axis=0))
    near = TOPSIS().evaluate(skcriteria.mkdm(lengths * SIGNS, [max] * 4, weights=WEIGHTS))
    run = of_matrix("vector", "topsis")
    assert np.allclose(scores_of(run), near.e_.similarity, atol=1e-12)
    assert [placed.rank for placed in sorted(run.placed, key=lambda p: int(p.scored.unit[1:]))] == list(
        near.rank_
    )
