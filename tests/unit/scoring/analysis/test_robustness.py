"""Robustness: grades of every kind, peer groups, leave one out and Sobol indices, against plain recomputations."""

from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from services.scoring.domain.analysis.drawing import chunks_of
from services.scoring.domain.analysis.float_tree import plan_of
from services.scoring.domain.analysis.robustness import Robustness, robustness_of
from services.scoring.domain.engine.run import Run, run_scheme
from services.scoring.domain.reading.document import parse_scheme
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.measures import UnitData
from services.scoring.domain.scheme.scheme import Scheme
from shared.tables.cells import number_of

CODES = ("a", "b", "c", "d")
MATRIX = np.round(np.random.Generator(np.random.PCG64(5)).uniform(1, 99, size=(14, 4)), 2)
RULES = {"draws": 900, "seed": 4, "top": 3}


def scheme_of(tree: dict[str, Any] | None = None, **more: Any) -> Scheme:
    two = [{"code": "low", "weight": 3, "aggregation": "arithmetic", "weights": "relative",
            "children": [{"code": "a", "weight": 1}, {"code": "b", "weight": 2}]},
           {"code": "c", "weight": 1}, {"code": "d", "weight": 2}]  # fmt: skip
    plain = {"code": "root", "aggregation": "arithmetic", "weights": "relative", "children": two}
    document = {
        "schema": "county-clusters/scheme/2",
        "id": "r",
        "version": 1,
        "data": {"unit": "unit", "groups": ["g"]},
        "defaults": {
            "direction": "benefit",
            "normalise": {"method": "goalposts", "minimum": 0, "maximum": 100},
        },
        "scale": 100,
        "rounding": {"digits": 6, "mode": "half_up"},
        "robustness": RULES,
        "tree": tree or plain,
        **more,
    }
    scheme, problems = parse_scheme(document)
    assert scheme is not None, problems
    return scheme


def runs_of(scheme: Scheme, matrix: Any = MATRIX, groups: str = "x") -> tuple[Run, ...]:
    units = [
        UnitData(
            f"u{i:02}",
            {},
            {(code, 0): v for code, x in zip(CODES, row, strict=True) if (v := number_of(repr(float(x))))},
            {"g": groups[i % len(groups)]},
        )
        for i, row in enumerate(matrix)
    ]
    return run_scheme(scheme, units, data_year=0)


def drawn(scheme: Scheme) -> tuple[Any, Any]:
    """Scores and values of the node `low` of every draw, by hand from the drawn weights: (units, draws)."""
    (run,) = runs_of(scheme)
    shares = MATRIX / 100
    scores, lows = [], []
    for chunk in chunks_of(plan_of(run), scheme.robustness):
        low = shares[:, :2] @ (chunk.weights["low"] / chunk.weights["low"].sum(axis=0))
        top = chunk.weights["root"] / chunk.weights["root"].sum(axis=0)
        scores.append(100 * (low * top[0] + shares[:, 2:3] * top[1] + shares[:, 3:] * top[2]))
        lows.append(100 * low)
    return np.concatenate(scores, axis=1), np.concatenate(lows, axis=1)


def ranks(scores: Any) -> Any:
    return (-scores).argsort(axis=0).argsort(axis=0) + 1


def grades_of(found: Robustness, code: str) -> list[float]:
    return [unit["p_grade"].get(code, 0.0) for unit in found.units.values()]


def test_the_probability_of_a_rank_is_its_share_of_the_draws() -> None:
    scheme = scheme_of()
    placed = ranks(drawn(scheme)[0])
    found = robustness_of(runs_of(scheme))
    for index, unit in enumerate(found.units.values()):
        assert unit["p_rank"] == {
            str(rank): pytest.approx((placed[index] == rank).mean()) for rank in sorted(set(placed[index]))
        }
        assert unit["p_top_k"] == pytest.approx((placed[index] <= 3).mean())
        for name, share in (("q05", 0.05), ("q50", 0.5), ("q95", 0.95)):
            assert unit[name] == np.quantile(placed[index], share, method="inverted_cdf")


def test_the_probability_of_a_band_follows_the_drawn_score() -> None:
    bands = [
        {"code": "high", "minimum": 60, "maximum": 100},
        {"code": "middle", "minimum": 45, "maximum": 60},
        {"code": "low", "minimum": 0, "maximum": 45},
    ]
    scheme = scheme_of(grades={"bands": bands})
    scores, _ = drawn(scheme)
    found = robustness_of(runs_of(scheme))
    assert grades_of(found, "high") == pytest.approx((scores >= 60).mean(axis=1))
    assert grades_of(found, "middle") == pytest.approx(((scores >= 45) & (scores < 60)).mean(axis=1))


def test_the_probability_of_a_quota_follows_the_drawn_rank() -> None:
    quotas = [{"code": "first", "places": 2}, {"code": "third", "share": "0.34"}, {"code": "rest"}]
    scheme = scheme_of(grades={"quotas": quotas})
    placed = ranks(drawn(scheme)[0])
    found = robustness_of(runs_of(scheme))
    assert grades_of(found, "first") == pytest.approx((placed <= 2).mean(axis=1))
    assert grades_of(found, "third") == pytest.approx(((placed > 2) & (placed <= 6)).mean(axis=1))
    assert grades_of(found, "rest") == pytest.approx((placed > 6).mean(axis=1))


def test_the_probability_of_a_looked_up_grade_follows_the_drawn_nodes() -> None:
    grades = {
        "subgrades": [
            {"code": "l", "node": "low", "bands": [{"code": 1, "minimum": 60}, {"code": 2, "minimum": 40}]},
            {"code": "d", "node": "d", "bands": [{"code": "good", "minimum": 50}]},
        ],
        "lookup": [{"l": 1, "grade": "A"}, {"l": [1, 2], "d": "good", "grade": "B"}, {"grade": "C"}],
    }
    scheme = scheme_of(grades=grades)
    _, low = drawn(scheme)
    good = (MATRIX[:, 3] >= 50)[:, None]
    found = robustness_of(runs_of(scheme))
    assert grades_of(found, "A") == pytest.approx((low >= 60).mean(axis=1))
    assert grades_of(found, "B") == pytest.approx(((low < 60) & (low >= 40) & good).mean(axis=1))
    assert 0 < sum(grades_of(found, "A")) < len(MATRIX)
    assert any(0 < p < 1 for p in grades_of(found, "B"))
    fixed = robustness_of(runs_of(scheme_of(grades=grades, robustness={"weights": {"method": "fixed"}})))
    (run,) = runs_of(scheme)
    assert {unit: row["p_grade"] for unit, row in fixed.units.items()} == {
        unit: {grade: 1.0} for unit, grade in run.grades.items()
    }


def test_leaving_one_out_is_the_scheme_without_that_leaf() -> None:
    scheme = scheme_of(robustness=RULES | {"leave_one_out": True})
    found = robustness_of(runs_of(scheme)).leave_one_out
    shares = MATRIX / 100
    before = ranks((shares @ np.array([1, 2, 1, 2]) / 6)[:, None])[:, 0]  # low: 1/3 and 2/3 of one half
    without = {
        "a": shares[:, 1] / 2 + shares[:, 2] / 6 + shares[:, 3] / 3,
        "b": shares[:, 0] / 2 + shares[:, 2] / 6 + shares[:, 3] / 3,
        "c": (shares[:, :2] @ np.array([1, 2]) / 3 * 3 + shares[:, 3] * 2) / 5,
        "d": (shares[:, :2] @ np.array([1, 2]) / 3 * 3 + shares[:, 2]) / 4,
    }
    for code, scores in without.items():
        shifts = np.abs(ranks(scores[:, None])[:, 0] - before)
        assert found[code] == {
            "mean_shift": pytest.approx(shifts.mean()),
            "largest_shift": shifts.max(),
        }, code


@pytest.mark.parametrize("aggregation", ["min", "topsis", "geometric", "sum", "product"])
def test_leaving_one_out_goes_for_every_kind_of_node(aggregation: str) -> None:
    def tree(codes: str) -> dict[str, Any]:
        children = [{"code": code} for code in codes]
        return {
            "code": "root",
            "aggregation": aggregation,
            "weights": "equal",
            "floor": "0.001",
            "children": children,
        }

    (before,) = runs_of(scheme_of(tree("abcd")))
    rules = RULES | {"draws": 1, "leave_one_out": True}
    found = robustness_of(runs_of(scheme_of(tree("abcd"), robustness=rules))).leave_one_out
    (after,) = runs_of(scheme_of(tree("abc")))
    old = {placed.scored.unit: placed.rank for placed in before.placed}
    shifts = [abs(placed.rank - old[placed.scored.unit]) for placed in after.placed]
    assert found["d"]["largest_shift"] == max(shifts)
    assert found["d"]["mean_shift"] == pytest.approx(sum(shifts) / len(shifts))


def test_with_peer_groups_shifts_are_of_all_units_each_within_its_group() -> None:
    rules = RULES | {"leave_one_out": True, "sobol_samples": 64, "normalisations": [{"method": "rank"}]}
    together = robustness_of(runs_of(scheme_of(robustness=rules, peer_group="g"), groups="xyy"))
    parts = {name: MATRIX[[i for i in range(len(MATRIX)) if "xyy"[i % 3] == name]] for name in "xy"}
    alone = {name: robustness_of(runs_of(scheme_of(robustness=rules), part)) for name, part in parts.items()}
    for code in CODES:
        shifts = [(alone[name].leave_one_out[code], len(parts[name])) for name in "xy"]
        assert together.leave_one_out[code] == {
            "mean_shift": pytest.approx(sum(s["mean_shift"] * n for s, n in shifts) / len(MATRIX)),
            "largest_shift": max(s["largest_shift"] for s, _ in shifts),
        }
    assert len(together.units) == len(MATRIX)
    assert set(together.sobol) == {"weights", "normalisation"}


def test_sobol_indices_of_two_equal_peer_groups_are_those_of_one() -> None:
    rules = RULES | {"sobol_samples": 64, "normalisations": [{"method": "rank"}]}
    twice = np.repeat(MATRIX, 2, axis=0)
    together = robustness_of(runs_of(scheme_of(robustness=rules, peer_group="g"), twice, groups="xy"))
    alone = robustness_of(runs_of(scheme_of(robustness=rules)))
    for factor, indices in alone.sobol.items():
        assert together.sobol[factor] == {name: pytest.approx(value) for name, value in indices.items()}


def test_progress_goes_once_from_nothing_to_all_draws() -> None:
    seen: list[tuple[int, int]] = []
    scheme = scheme_of(robustness=RULES, peer_group="g")
    robustness_of(runs_of(scheme, groups="xy"), progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert seen[-1] == (900, 900)


def test_no_draw_turns_a_node_off_that_has_enough_by_its_nominal_weights() -> None:
    """minimum_share 0.6 is met by exactly 0.6: a drawn weight of 0.55 changes the score, not who has one."""
    tree = {
        "code": "root",
        "aggregation": "arithmetic",
        "missing": {"policy": "renormalise", "minimum_share": "0.6"},
        "children": [{"code": "a", "weight": "0.6"}, {"code": "b", "weight": "0.4"}],
    }
    scheme = scheme_of(tree)
    units = [
        UnitData("u", {}, {("a", 0): number_of("50") or Decimal(0)}),  # type: ignore[dict-item]
        UnitData("v", {}, {(c, 0): number_of("40") or Decimal(0) for c in "ab"}),  # type: ignore[misc]
    ]
    found = robustness_of(run_scheme(scheme, units, data_year=0))
    assert {unit: row["p_rank"] for unit, row in found.units.items()} == {"u": {"1": 1.0}, "v": {"2": 1.0}}


def test_an_alternative_that_has_no_result_is_refused_by_its_leaf() -> None:
    table = MATRIX.copy()
    table[:, 1] = 50
    scheme = scheme_of(robustness=RULES | {"normalisations": [{"method": "z_score"}]})
    with pytest.raises(StepNotPossible, match="b: z_score as an alternative has no result"):
        robustness_of(runs_of(scheme, table))
