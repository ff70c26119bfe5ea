"""What clusters file in a later year: everybody goes on from the year before, and the parts fall to generated ones."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from clients.demo.chance import Chance
from clients.demo.counties.applicants import DESIGNATED, choose_applicants
from clients.demo.counties.figures import FigureMaker, Filed
from clients.demo.counties.later_years import Filings, Known, filings_of
from clients.demo.years import YEARS, Parts
from clients.programme.folder import ProgrammeFolder, default_programme_folder

FOLDER = ProgrammeFolder(default_programme_folder())
SEEDS = pytest.mark.parametrize("seed", range(3))
PARTS = YEARS[1].parts
KEEP_FROM = Decimal(FOLDER.programme["designation"]["rectification"]["keep_from"])
(LARGE_CHANGE,) = (check for check in FOLDER.programme["checks"] if check["code"] == "large_change")


@cache
def known_of(seed: int) -> list[Known]:
    """As the first year ends, but for its objection: the first 29 are designated."""
    chance = Chance(seed)
    made = FigureMaker(FOLDER, chance, data_year=2023).make(choose_applicants(FOLDER, chance))
    return [
        Known(
            f"cluster-{filed.applicant.target_rank:02}",
            "designated" if filed.applicant.target_rank <= DESIGNATED else "cultivated",
            replace(filed, cluster=f"cluster-{filed.applicant.target_rank:02}"),
            filed.applicant.target_score,
        )
        for filed in made
    ]


def filed_in(seed: int, known: list[Known], parts: Parts = PARTS) -> tuple[FigureMaker, Filings]:
    maker = FigureMaker(FOLDER, Chance(seed), data_year=2024)
    return maker, filings_of(known, parts, maker, Chance(seed))


def all_of(filings: Filings) -> Iterator[Filed]:
    yield from (*filings.returns.values(), *filings.applications.values())


@SEEDS
def test_each_figure_that_is_asked_for_is_there_and_last_years_is_told_as_it_was(seed: int) -> None:
    known = known_of(seed)
    before = {own.cluster: own.filed for own in known}
    asked = {
        (entry["code"], 2024 + offset)
        for entry in FOLDER.indicators["indicators"]
        for offset in entry["data_years"]
    }
    maker, filings = filed_in(seed, known)
    for filed in all_of(filings):
        assert abs(maker.scheme.score(filed.figures) - filed.applicant.target_score) < Decimal("0.005")
        assert set(filed.figures) == asked == set(filed.labels)
        last = before[filed.cluster or ""]
        assert last is not None
        for key in asked:
            if key[1] == 2023:
                assert (filed.figures[key], filed.labels[key]) == (last.figures[key], last.labels[key])
            else:
                assert filed.labels[key].provenance == "synthetic"


@SEEDS
def test_no_figure_moves_so_far_that_the_programme_asks_why(seed: int) -> None:
    low, high = (Decimal(LARGE_CHANGE[name]) for name in ("minimum_percent", "maximum_percent"))
    _, filings = filed_in(seed, known_of(seed))
    for filed in all_of(filings):
        for code in LARGE_CHANGE["indicators"]:
            now, before = filed.figures[code, 2024], filed.figures[code, 2023]
            assert now
            assert before
            assert low < (now / before - 1) * 100 < high, (code, filed.applicant)


@SEEDS
def test_the_parts_fall_to_generated_clusters_and_named_ones_do_well(seed: int) -> None:
    known = known_of(seed)
    _, filings = filed_in(seed, known)
    holders = {own.cluster: own.filed for own in known if own.status == "designated"}
    (silent,) = holders.keys() - filings.returns.keys()
    returns = {code: filed.applicant for code, filed in filings.returns.items()}
    below = [applicant for applicant in returns.values() if applicant.target_score < KEEP_FROM]
    assert sorted(applicant.target_score for applicant in below) == sorted(PARTS.falling)
    applying = [filed.applicant for filed in filings.applications.values()]
    assert [applicant.target_score for applicant in applying] == list(PARTS.applying)
    spared = holders[silent]
    assert spared is not None
    assert not any(applicant.is_published for applicant in (*below, *applying, spared.applicant))
    for filed in filings.returns.values():
        if filed.applicant.is_published:
            now, before = (filed.figures["operating_revenue", year] for year in (2024, 2023))
            assert now
            assert before
            assert now / before >= Decimal("1.05")


def test_who_is_silent_stays_silent_and_who_rectifies_has_its_own_score() -> None:
    first, second, third, *rest = known_of(1)[:DESIGNATED]
    known = [
        replace(first, status="rectification"),
        replace(second, status="rectification"),
        replace(third, filed=None),
        *rest,
    ]
    scores = Decimal("58.4"), Decimal("44.1")
    _, filings = filed_in(1, known, Parts(rectifying=scores))
    assert third.cluster not in filings.returns
    assert len(filings.returns) == DESIGNATED - 1
    found = [filings.returns[own.cluster].applicant.target_score for own in (first, second)]
    assert found == list(scores)


def test_a_seed_is_a_seed() -> None:
    first, again, other = (
        [filed.figures for filed in all_of(filed_in(seed, known_of(3))[1])] for seed in (3, 3, 4)
    )
    assert first == again != other
