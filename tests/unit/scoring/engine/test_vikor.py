"""VIKOR gives the best the least: the ranking must know it, whether at the root or inside a tree."""

from typing import Any

from services.scoring.domain.engine.run import run_scheme
from services.scoring.domain.reading.document import parse_scheme
from tests.unit.scoring.documents import DATA_YEAR, unit

VIKOR = {"method": "vikor", "v": "0.5"}


def document(children: list[dict[str, Any]], aggregation: Any = "arithmetic", **more: Any) -> dict[str, Any]:
    return {
        "schema": "county-clusters/scheme/2",
        "id": "s",
        "version": "1",
        "defaults": {"direction": "benefit", "normalise": {"method": "none"}},
        "tree": {"code": "total", "aggregation": aggregation, "children": children},
        "rounding": {"digits": 9, "mode": "half_up"},
        **more,
    }


def leaves(*weights: str) -> list[dict[str, Any]]:
    return [{"code": code, "weight": weight} for code, weight in zip("abc", weights, strict=False)]


def ranked(scheme: dict[str, Any], **figures: str) -> tuple[dict[str, int], dict[str, str]]:
    """Ranks and scores of units whose figures are `a b` or `a b c`."""
    read, problems = parse_scheme(scheme)
    assert read is not None, problems
    units = [unit(name, None, **dict(zip("abc", row.split(), strict=False))) for name, row in figures.items()]
    run = run_scheme(read, units, data_year=DATA_YEAR)[0]
    return (
        {placed.scored.unit: placed.rank for placed in run.placed},
        {scored.unit: f"{scored.score:f}" for scored in run.scored},
    )


def test_at_the_root_the_order_must_be_ascending() -> None:
    scheme = document(leaves("0.5", "0.5"), VIKOR)
    _, problems = parse_scheme(scheme)
    assert [(problem.field, problem.rule) for problem in problems] == [("order", "order-of-vikor")]
    ranks, scores = ranked({**scheme, "order": "ascending"}, best="9 9", middle="5 6", last="1 1")
    assert ranks == {"best": 1, "middle": 2, "last": 3}
    assert (scores["best"], scores["last"]) == ("0.000000000", "1.000000000")


def test_inside_a_tree_it_is_turned() -> None:
    inner = {"code": "g", "weight": "1", "aggregation": VIKOR, "children": leaves("0.5", "0.5")}
    ranks, scores = ranked(document([inner]), best="9 9", middle="5 6", last="1 1")
    assert ranks == {"best": 1, "middle": 2, "last": 3}
    assert (scores["best"], scores["last"]) == ("1.000000000", "0.000000000")


def test_where_all_have_the_same_sum_of_regrets_the_largest_regret_decides() -> None:
    """It is a half for each: a quarter in either column, or all of it in one."""
    scheme = document(leaves("0.5", "0.5"), VIKOR, order="ascending")
    ranks, scores = ranked(scheme, even="5 5", left="9 1", right="1 9")
    assert ranks == {"even": 1, "left": 2, "right": 2}
    assert scores == {"even": "0.000000000", "left": "0.500000000", "right": "0.500000000"}
