"""The programme's own scheme: what figures give what score, and who is designated, cultivated or refused."""

from decimal import Decimal
from fractions import Fraction

import pytest

from services.scoring.domain.assessment import assess
from services.scoring.domain.scheme.measures import Cell, Growth, Plain, Ratio, UnitData
from services.scoring.domain.scheme.scheme import Kind, Status
from services.scoring.domain.scheme.tree import Direction, leaves_of
from tests.unit.scoring.documents import DATA_YEAR, programme_document, scheme_of, score_unit

SCHEME = scheme_of(programme_document("scheme.yaml"))


def cluster(code: str, share: Fraction, **facts: str) -> UnitData:
    """A cluster whose every leaf lies at this share of the way between its goalposts."""
    cells: dict[tuple[str, int], Cell] = {}
    for leaf in leaves_of(SCHEME.root):
        low, high = Fraction(leaf.minimum), Fraction(leaf.maximum)
        way = share if leaf.direction is Direction.BENEFIT else 1 - share
        value = low + way * (high - low)
        match leaf.measure:
            case Plain(indicator=indicator):
                cells[(indicator, DATA_YEAR)] = value
            case Growth(indicator=indicator):
                current = cells[(indicator, DATA_YEAR)]
                assert isinstance(current, Fraction)
                cells[(indicator, DATA_YEAR - 1)] = current / (1 + value)
            case Ratio(numerator=numerator, denominator=denominator):
                below = cells[(denominator, DATA_YEAR)]
                assert isinstance(below, Fraction)
                cells[(numerator, DATA_YEAR)] = value * below
    return UnitData(code, facts, cells)


@pytest.mark.parametrize("percent", [0, 37, 50, 85, 100])
def test_a_cluster_at_one_share_of_all_goalposts_has_that_share_as_its_score(percent: int) -> None:
    scored = score_unit(SCHEME, cluster("u", Fraction(percent, 100)), data_year=DATA_YEAR)
    assert scored.score == Decimal(percent).quantize(Decimal("0.01"))


def test_a_bar_decides_how_many_of_sixty_applicants_are_designated() -> None:
    """u35 reaches the bar of 57 exactly."""
    shares = {f"u{n:02}": Fraction(92 - n, 100) for n in range(1, 61)}
    vetoed = cluster("u00", Fraction(95, 100), tax_evasion="true")
    units = [vetoed, *(cluster(code, share) for code, share in shares.items())]
    results = {r.scored.unit: r for r in assess(SCHEME, units, kind=Kind.APPLICATION, data_year=DATA_YEAR)}
    by_status = {status: [c for c, r in results.items() if r.proposed_status is status] for status in Status}
    assert by_status[Status.DESIGNATE] == [f"u{n:02}" for n in range(1, 36)]
    assert by_status[Status.CULTIVATE] == [f"u{n:02}" for n in range(36, 53)]
    assert by_status[Status.REFUSE] == ["u00", *(f"u{n:02}" for n in range(53, 61))]
    assert (results["u00"].scored.score, results["u00"].grade) == (Decimal("0.00"), "fail")
    assert [results[code].grade for code in ("u12", "u13", "u27", "u28", "u42", "u43")] == [
        "excellent",
        "good",
        "good",
        "pass",
        "pass",
        "fail",
    ]


def test_places_bind_against_about_forty_in_all() -> None:
    units = [cluster(f"u{n:02}", Fraction(9900 - n, 10_000)) for n in range(1, 46)]
    found = assess(SCHEME, units, kind=Kind.APPLICATION, data_year=DATA_YEAR)
    designated = [r.scored.unit for r in found if r.proposed_status is Status.DESIGNATE]
    assert designated == [f"u{n:02}" for n in range(1, 41)]


def test_holders_are_kept_rectified_or_removed() -> None:
    units = [
        cluster("good", Fraction(70, 100)),
        cluster("weak", Fraction(40, 100)),
        cluster("liar", Fraction(70, 100), serious_dishonesty="true"),
    ]
    results = assess(SCHEME, units, kind=Kind.ASSESSMENT, data_year=DATA_YEAR)
    assert {r.scored.unit: r.proposed_status for r in results} == {
        "good": Status.KEEP,
        "weak": Status.RECTIFY,
        "liar": Status.REMOVE,
    }


def test_developing_well_asks_for_growth_beside_the_score() -> None:
    steady = cluster("u", Fraction(60, 100))
    (result,) = assess(SCHEME, [steady], kind=Kind.APPLICATION, data_year=DATA_YEAR)
    assert (result.eligible, result.developing_well) == (True, True)
    slow = cluster("u", Fraction(90, 100))
    revenue = slow.cells[("operating_revenue", DATA_YEAR)]
    stalled = UnitData("u", {}, {**slow.cells, ("operating_revenue", DATA_YEAR - 1): revenue})
    (result,) = assess(SCHEME, [stalled], kind=Kind.APPLICATION, data_year=DATA_YEAR)
    assert (result.eligible, result.developing_well) == (True, False)
