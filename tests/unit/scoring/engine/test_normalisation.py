"""Normalised values keep the order of the figures: a better figure never gets the worse value."""

from typing import Any

import pytest

from services.scoring.domain.analysis.robustness import robustness_of
from services.scoring.domain.engine.run import run_scheme
from services.scoring.domain.reading.document import parse_scheme
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.scheme import Scheme
from tests.unit.scoring.documents import DATA_YEAR, unit

FRACTIONS = ("fraction_of_max", "fraction_of_mean")


def scheme(*leaves: dict[str, Any], **more: Any) -> Scheme:
    """Leaves of equal weight; each is at least a code, a direction and how it is normalised."""
    weight = {1: "1", 2: "0.5"}[len(leaves)]
    document = {
        "schema": "county-clusters/scheme/2",
        "id": "s",
        "version": "1",
        "tree": {
            "code": "total",
            "aggregation": "arithmetic",
            "children": [{"weight": weight, **leaf} for leaf in leaves],
        },
        "rounding": {"digits": 6, "mode": "half_up"},
        **more,
    }
    read, problems = parse_scheme(document)
    assert read is not None, problems
    return read


def leaf(code: str, direction: str, **normalise: Any) -> dict[str, Any]:
    return {"code": code, "direction": direction, "normalise": normalise}


def scores(read: Scheme, **figures: tuple[str, ...]) -> list[str]:
    """The scores of units numbered as their figures are."""
    count = len(next(iter(figures.values())))
    units = [unit(f"u{i}", None, **{code: held[i] for code, held in figures.items()}) for i in range(count)]
    return [f"{scored.score:f}" for scored in run_scheme(read, units, data_year=DATA_YEAR)[0].scored]


@pytest.mark.parametrize("method", FRACTIONS)
def test_the_one_that_is_better_in_both_comes_first(method: str) -> None:
    both = scheme(leaf("a", "benefit", method=method), leaf("b", "cost", method=method))
    first, second = scores(both, a=("10", "5"), b=("2", "8"))
    assert float(first) > float(second)


def test_a_cost_is_the_smallest_or_the_mean_divided_by_the_figure() -> None:
    assert scores(scheme(leaf("b", "cost", method="fraction_of_max")), b=("2", "4", "8")) == [
        "1.000000",
        "0.500000",
        "0.250000",
    ]
    assert scores(scheme(leaf("b", "cost", method="fraction_of_mean")), b=("2", "4", "6")) == [
        "2.000000",
        "1.000000",
        "0.666667",
    ]


@pytest.mark.parametrize("method", FRACTIONS)
@pytest.mark.parametrize(
    ("direction", "figures"),
    [
        ("benefit", ("-8", "-4", "-2")),
        ("benefit", ("0", "0", "0")),
        ("cost", ("-8", "4", "2")),
        ("cost", ("0", "4", "2")),
    ],
)
def test_what_divides_is_above_zero(method: str, direction: str, figures: tuple[str, ...]) -> None:
    with pytest.raises(StepNotPossible, match="must be above 0"):
        scores(scheme(leaf("a", direction, method=method)), a=figures)


@pytest.mark.parametrize("reference", ["0", "-5"])
def test_a_ratio_has_a_reference_above_zero(reference: str) -> None:
    document = {"schema": "county-clusters/scheme/2", "id": "s", "version": "1"}
    node = {
        "code": "total",
        "aggregation": "arithmetic",
        "children": [
            {"weight": "1", **leaf("a", "benefit", method="ratio_to_reference", reference=reference)}
        ],
    }
    rounding = {"digits": 2, "mode": "half_up"}
    _, problems = parse_scheme({**document, "tree": node, "rounding": rounding})
    assert [problem.rule for problem in problems] == ["reference-positive"]


@pytest.mark.parametrize(
    ("direction", "reference", "figures", "expected"),
    [
        ("benefit", "1", ("2", "4", "8"), ["1.000000"] * 3),
        ("benefit", "2", ("2", "4", "8"), ["1.000000"] * 3),
        ("cost", "9", ("2", "4", "8"), ["1.000000"] * 3),
        ("benefit", "10", ("0", "4", "12"), ["0.000000", "0.400000", "1.000000"]),
    ],
)
def test_nobody_short_of_the_reference_has_a_distance_to_it(
    direction: str, reference: str, figures: tuple[str, ...], expected: list[str]
) -> None:
    assert (
        scores(scheme(leaf("a", direction, method="distance_to_reference", reference=reference)), a=figures)
        == expected
    )


def test_without_a_clamp_there_must_be_somebody_short_of_the_reference() -> None:
    beyond = scheme(leaf("a", "benefit", method="distance_to_reference", reference="1", clamp=False))
    with pytest.raises(StepNotPossible, match="nobody falls short"):
        scores(beyond, a=("2", "4", "8"))


def test_scaled_takes_plain_figures_where_less_is_better() -> None:
    cost = scheme(leaf("a", "cost", method="scaled", minimum="0", maximum="10"))
    assert scores(cost, a=("2", "15")) == ["0.800000", "-0.500000"]


def test_who_is_better_in_everything_is_first_in_every_draw_of_every_alternative() -> None:
    goalposts = {"method": "goalposts", "minimum": "0", "maximum": "10"}
    read = scheme(
        {"code": "a", "direction": "benefit", "normalise": goalposts},
        {"code": "b", "direction": "cost", "normalise": goalposts},
        robustness={
            "draws": 400,
            "seed": 7,
            "normalisations": [{"method": "fraction_of_max"}],
        },
    )
    units = [
        unit("best", None, a="9", b="1"),
        unit("middle", None, a="5", b="5"),
        unit("last", None, a="2", b="9"),
    ]
    told = robustness_of(run_scheme(read, units, data_year=DATA_YEAR), data_year=DATA_YEAR).units
    assert told["best"]["p_rank"]["1"] == 1.0
