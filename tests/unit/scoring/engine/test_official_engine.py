"""What single units get: values, absences, adjustments, ranks, grades, statuses."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from services.scoring.domain.assessment import assess
from services.scoring.domain.engine.exact import exact_sum
from services.scoring.domain.engine.ranking.ranks import nodes_in_points
from services.scoring.domain.engine.results import AssessedUnit
from services.scoring.domain.refusals import CutUndecided, SchemeDoesNotKnowKind, TieUndecided
from services.scoring.domain.scheme.measures import Absent, Cell, UnitData
from services.scoring.domain.scheme.scheme import Kind, Status
from tests.unit.scoring.documents import DATA_YEAR, full, leaf, scheme_of, score_unit, small, unit

SCHEME = scheme_of(small())


def score(**values: str | Absent) -> Decimal | None:
    return score_unit(SCHEME, unit("u", None, **values), data_year=DATA_YEAR).score


def run(*units_: UnitData, kind: Kind = Kind.APPLICATION) -> dict[str, AssessedUnit]:
    assessed = assess(SCHEME, units_, kind=kind, data_year=DATA_YEAR)
    return {result.scored.unit: result for result in assessed}


def test_a_score_is_the_weighted_sum_between_goalposts() -> None:
    # 0.6 * (0.3 * 0.5 + 0.7 * 0.8) + 0.4 * (1 - 0.25) = 0.426 + 0.3
    assert score(a="5", b="8", c="2.5") == Decimal("72.60")


def test_values_outside_the_goalposts_are_clamped() -> None:
    assert score(a="99999999", b="10", c="-7") == Decimal("100.00")
    # a = 0 gives 0 and the penalty of 5 cannot take the score below 0
    assert score(a="-3", b="0", c="10") == Decimal("0.00")


def test_a_true_zero_counts_and_a_missing_value_leaves_its_weight_to_its_sibling() -> None:
    assert score(a="5", b="0", c="10") == Decimal("9.00")
    # without a, b carries the whole group: 0.6 * 0.8 (a is missing with 0.3 of the weight)
    assert score(a=Absent.MISSING, b="8", c="10") == Decimal("48.00")


def test_a_group_with_too_little_of_its_weight_is_missing_itself() -> None:
    # b (0.7 of the group) is missing: 0.3 < 0.5, so the group falls out and c carries all, but c holds 0.4 < 0.5
    scored = score_unit(SCHEME, unit("u", None, a="5", c="2.5"), data_year=DATA_YEAR)
    assert scored.score is None
    assert scored.excluded_by == "total"


def test_not_applicable_leaves_its_weight_to_its_siblings_whatever_its_share() -> None:
    assert score(a="5", b=Absent.NOT_APPLICABLE, c="2.5") == Decimal("60.00")  # 0.6 * 0.5 + 0.4 * 0.75


@pytest.mark.parametrize(
    ("absence", "expected"),
    [
        ({"policy": "zero", "minimum_share": "0"}, "39.00"),
        ({"policy": "floor", "floor": "0.1", "minimum_share": "0"}, "43.20"),
        ({"policy": "renormalise", "minimum_share": "0"}, "60.00"),
        ({"policy": "exclude_unit", "minimum_share": "0"}, None),
    ],
)
def test_each_policy_for_missing_values(absence: dict[str, str], expected: str | None) -> None:
    document = small()
    document["tree"]["children"][0]["missing"] = absence
    scored = score_unit(scheme_of(document), unit("u", None, a="5", c="2.5"), data_year=DATA_YEAR)
    assert scored.score == (None if expected is None else Decimal(expected))
    assert exact_sum(c.amount for c in scored.contributions) == (scored.score or 0)


def test_a_filled_group_contributes_under_its_own_code() -> None:
    document = small()
    document["tree"]["missing"] = {"policy": "floor", "floor": "0.2", "minimum_share": "0"}
    document["tree"]["children"][0]["missing"] = {"policy": "renormalise", "minimum_share": "0.5"}
    scored = score_unit(scheme_of(document), unit("u", None, a="5", c="10"), data_year=DATA_YEAR)
    assert {c.node: c.amount for c in scored.contributions} == {"c": 0, "g": 12}


def test_growth_and_ratio_are_exact_and_missing_without_a_positive_base() -> None:
    document = small()
    group = document["tree"]["children"][0]
    group["children"] = [
        leaf(
            "growth",
            "0.5",
            measure={"growth": "x"},
            normalise={"method": "goalposts", "minimum": "0", "maximum": "1"},
        ),
        leaf(
            "ratio",
            "0.5",
            measure={"ratio": {"numerator": "x", "denominator": "y"}},
            normalise={"method": "goalposts", "minimum": "0", "maximum": "1"},
        ),
    ]
    scheme = scheme_of(document)
    cells: dict[tuple[str, int], Cell] = {
        ("x", DATA_YEAR): Fraction(4),
        ("y", DATA_YEAR): Fraction(7),
        ("c", DATA_YEAR): Fraction(10),
    }
    grown = UnitData("u", {}, cells | {("x", DATA_YEAR - 1): Fraction(3)})
    values = {t.node: t.value for t in score_unit(scheme, grown, data_year=DATA_YEAR).trace}
    assert values["growth"] == Decimal("0.333333333333333")  # (4 - 3) / 3
    assert values["ratio"] == Decimal("0.571428571428571")  # 4 / 7
    from_nothing = UnitData("u", {}, cells | {("x", DATA_YEAR - 1): Fraction(0)})
    values = {t.node: t.value for t in score_unit(scheme, from_nothing, data_year=DATA_YEAR).trace}
    assert values["growth"] is Absent.MISSING


def test_a_normalised_value_is_rounded_half_up_at_the_quantum() -> None:
    document = small(quantum_digits=1)
    assert (
        score_unit(
            scheme_of(document), unit("u", None, a="2.5", b="2.49", c="10"), data_year=DATA_YEAR
        ).unrounded
        == Decimal("0.6") * (Decimal("0.3") * Decimal("0.3") + Decimal("0.7") * Decimal("0.2")) * 100
    )


def test_the_published_score_is_rounded_half_up_and_the_rounding_is_a_contribution() -> None:
    document = small(rounding={"digits": 0, "mode": "half_up"})
    half = score_unit(scheme_of(document), unit("u", None, a="2.5", b="0", c="10"), data_year=DATA_YEAR)
    assert (half.unrounded, half.score) == (Decimal("4.5"), Decimal("5"))
    assert {c.node: c.amount for c in half.contributions}["rounding"] == Decimal("0.5")


def test_a_penalty_and_a_bonus_are_contributions_in_the_order_of_the_scheme() -> None:
    scored = score_unit(SCHEME, unit("u", {"model": "true"}, a="0.5", b="10", c="0"), data_year=DATA_YEAR)
    assert scored.adjusted == ("p", "s")
    assert scored.score == Decimal("82.90") - 5 + Decimal("2.5")
    assert exact_sum(c.amount for c in scored.contributions) == scored.score


def test_a_bonus_cannot_lift_a_score_over_the_range() -> None:
    scored = score_unit(SCHEME, unit("u", {"model": "true"}, a="10", b="10", c="0"), data_year=DATA_YEAR)
    assert scored.score == 100
    assert {c.node: c.amount for c in scored.contributions}["range"] == Decimal("-2.5")


def test_a_veto_is_final_and_takes_the_unit_out_of_the_eligible() -> None:
    facts = {"accident": "true", "model": "true"}
    result = run(unit("u", facts, a="10", b="10", c="0"))["u"]
    assert result.scored.score == 0
    assert result.scored.adjusted == ("v",)
    assert (result.eligible, result.grade, result.proposed_status) == (False, "low", Status.REFUSE)
    assert exact_sum(c.amount for c in result.scored.contributions) == 0


def test_statuses_go_in_rank_order_up_to_their_places_and_the_last_takes_the_rest() -> None:
    results = run(*(unit(f"u{n}", None, a="9", b=str(n), c="0") for n in range(1, 6)))
    assert {code: (r.rank, r.proposed_status) for code, r in results.items()} == {
        "u5": (1, Status.DESIGNATE),
        "u4": (2, Status.DESIGNATE),
        "u3": (3, Status.CULTIVATE),
        "u2": (4, Status.REFUSE),
        "u1": (5, Status.REFUSE),
    }


def test_holders_are_kept_or_removed_in_the_kind_assessment() -> None:
    results = run(
        unit("x", None, a="9", b="9", c="0"), unit("y", None, a="9", b="0", c="9"), kind=Kind.ASSESSMENT
    )
    assert {code: r.proposed_status for code, r in results.items()} == {"x": Status.KEEP, "y": Status.REMOVE}


def test_a_kind_that_the_scheme_has_no_outcomes_for_is_refused() -> None:
    document = small()
    del document["proposed_status"]["assessment"]
    with pytest.raises(SchemeDoesNotKnowKind):
        assess(scheme_of(document), [], kind=Kind.ASSESSMENT, data_year=DATA_YEAR)


def tied() -> list[UnitData]:
    """x and y have one score; x is better in group g."""
    return [
        unit("y", None, a="5", b="5", c="4"),  # 30 + 24
        unit("x", None, a="5", b="10", c="9.25"),  # 51 + 3
        unit("z", None, a="5", b="0", c="10"),
    ]


def test_the_tie_break_chain_decides_between_equal_scores() -> None:
    results = run(*tied())
    assert results["x"].scored.score == results["y"].scored.score == Decimal("54.00")
    assert {code: r.rank for code, r in results.items()} == {"x": 1, "y": 2, "z": 3}


@pytest.mark.parametrize(("method", "ranks"), [("min", (1, 1, 3)), ("dense", (1, 1, 2))])
def test_equals_share_a_rank_when_the_chain_is_exhausted(method: str, ranks: tuple[int, ...]) -> None:
    ties = {"method": method, "chain": [], "exhausted": "share", "at_cut": "refuse"}
    assessed = assess(scheme_of(small(ties=ties)), tied(), kind=Kind.APPLICATION, data_year=DATA_YEAR)
    assert {r.scored.unit: r.rank for r in assessed} == dict(zip("xyz", ranks, strict=True))


def test_a_scheme_may_ask_to_stop_at_equals() -> None:
    ties = {"method": "min", "chain": [], "exhausted": "refuse", "at_cut": "refuse"}
    with pytest.raises(TieUndecided) as caught:
        assess(scheme_of(small(ties=ties)), tied(), kind=Kind.APPLICATION, data_year=DATA_YEAR)
    assert [item.field for item in caught.value.items] == ["x+y"]


@pytest.mark.parametrize(("at_cut", "designated"), [("all", {"x", "y"}), ("none", set())])
def test_equals_at_the_cut_enter_together_or_not_at_all(at_cut: str, designated: set[str]) -> None:
    document = small(ties={"method": "min", "chain": [], "exhausted": "share", "at_cut": at_cut})
    document["proposed_status"]["application"][0]["places"] = 1
    assessed = assess(scheme_of(document), tied(), kind=Kind.APPLICATION, data_year=DATA_YEAR)
    assert {r.scored.unit for r in assessed if r.proposed_status is Status.DESIGNATE} == designated


def test_equals_at_the_cut_stop_the_run_when_the_scheme_says_so() -> None:
    document = small(ties={"method": "min", "chain": [], "exhausted": "share", "at_cut": "refuse"})
    document["proposed_status"]["application"][0]["places"] = 1
    with pytest.raises(CutUndecided):
        assess(scheme_of(document), tied(), kind=Kind.APPLICATION, data_year=DATA_YEAR)


def test_ranking_on_the_unrounded_score_separates_what_rounding_joins() -> None:
    close = [unit("x", None, a="5", b="5", c="4"), unit("y", None, a="5.0001", b="5", c="4")]
    ties = {"method": "min", "chain": [], "exhausted": "share", "at_cut": "all"}
    for basis, ranks in (("rounded", {"x": 1, "y": 1}), ("unrounded", {"x": 2, "y": 1})):
        scheme = scheme_of(small(ties=ties, rank_on=basis))
        assessed = assess(scheme, close, kind=Kind.APPLICATION, data_year=DATA_YEAR)
        assert {r.scored.unit: r.rank for r in assessed} == ranks


def test_grading_on_the_rounded_score_may_lift_a_unit_over_a_band() -> None:
    near = unit("x", None, a="5", b="5", c="2.5001")  # 30 + 29.9996
    for basis, grade in (("rounded", "high"), ("unrounded", "low")):
        scheme = scheme_of(small(band_on=basis))
        (result,) = assess(scheme, [near], kind=Kind.APPLICATION, data_year=DATA_YEAR)
        assert (result.scored.score, result.grade) == (Decimal("60.00"), grade)


def test_quota_grades_go_in_rank_order() -> None:
    quotas = [
        {"code": "first", "zh": "一", "en": "1", "places": 1},
        {"code": "second", "zh": "二", "en": "2", "share": "0.5"},
        {"code": "third", "zh": "三", "en": "3"},
    ]
    document = small(grades={"label": "illustrative", "quotas": quotas})
    document["proposed_status"].pop("assessment")
    units = [unit(f"u{n}", None, a="9", b=str(n), c="0") for n in range(1, 6)]
    assessed = assess(scheme_of(document), units, kind=Kind.APPLICATION, data_year=DATA_YEAR)
    grades = {r.scored.unit: r.grade for r in assessed}
    assert grades == {"u5": "first", "u4": "second", "u3": "second", "u2": "third", "u1": "third"}


def test_an_excluded_unit_has_no_rank_and_takes_nobodys_place() -> None:
    results = run(unit("gone", None, a="5"), unit("x", None, a="5", b="9", c="0"))
    gone = results["gone"]
    assert (gone.rank, gone.grade, gone.scored.score, gone.proposed_status) == (
        None,
        None,
        None,
        Status.REFUSE,
    )
    assert results["x"].rank == 1


def test_the_same_ranks_of_different_peer_groups_are_equals_for_a_status() -> None:
    """And nobody else is: a shared rank in one group does not pull up a later rank of another."""
    document = full(id="peers", examples=[])
    document["proposed_status"]["application"] = [
        {"status": "designate", "label": "illustrative", "when": {"always": True}, "places": 4},
        {"status": "refuse", "label": "illustrative", "when": {"always": True}},
    ]
    document["ties"]["chain"] = []
    cells: list[tuple[str, str, str]] = [
        ("a1", "farm", "900"), ("a2", "farm", "900"), ("a3", "farm", "2"),
        ("b1", "works", "900"), ("b2", "works", "90"), ("b3", "works", "9"),
    ]  # fmt: skip
    units = [
        UnitData(
            code,
            {},
            {(name, DATA_YEAR): Fraction(value if name == "a" else "5") for name in "abcde"},
            {"kind": kind, "stage": "1"},
        )
        for code, kind, value in cells
    ]
    assessed = assess(scheme_of(document), units, kind=Kind.APPLICATION, data_year=DATA_YEAR)
    assert {r.scored.unit: r.rank for r in assessed} == {"a1": 1, "a2": 1, "a3": 3, "b1": 1, "b2": 2, "b3": 3}
    designated = {r.scored.unit for r in assessed if r.proposed_status is Status.DESIGNATE}
    assert designated == {"a1", "a2", "b1", "b2"}


@pytest.mark.parametrize("aggregation", ["arithmetic", "geometric"])
def test_a_filled_value_counts_for_ties_and_is_shown_as_none(aggregation: str) -> None:
    """In a tree that folds and in one that does not."""
    children = [
        {
            "code": c,
            "weight": "0.5",
            "direction": "benefit",
            "normalise": {"method": "goalposts", "minimum": 0, "maximum": 10},
        }
        for c in "ab"
    ]
    tree: dict[str, Any] = {"code": "total", "aggregation": aggregation, "children": children}
    tree |= {} if aggregation == "arithmetic" else {"floor": "0.1"}
    document = small(schema="county-clusters/scheme/2", tree=tree, adjustments=[])
    document["missing"] = {"policy": "floor", "floor": "0.5"}
    document["ties"]["chain"] = [{"node": "a", "order": "descending"}]
    document["outcomes"] = {
        code: {"label": "illustrative", "when": {"always": True}} for code in ("eligible", "developing_well")
    }
    scheme = scheme_of(document)
    assert scheme.folds == (aggregation == "arithmetic")
    units = [unit("x", None, b="2"), unit("y", None, a="2", b="5")]
    assessed = assess(scheme, units, kind=Kind.APPLICATION, data_year=DATA_YEAR)
    assert assessed[0].scored.score == assessed[1].scored.score
    assert [r.rank for r in assessed] == [1, 2]
    assert nodes_in_points(scheme, assessed[0].scored)["a"] is None
    assert [(t.node, t.value, t.filled) for t in assessed[0].scored.trace if t.filled] == [
        ("a", Decimal("0.5"), True)
    ]
