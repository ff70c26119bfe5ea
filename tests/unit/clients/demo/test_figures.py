"""The demo's synthetic figures reach their targets under the published scheme, whatever the seed."""

from decimal import Decimal

import pytest

from clients.demo.chance import Chance
from clients.demo.counties.applicants import APPLICANTS, DESIGNATED, GENERATED_MARK, ZENGDU, choose_applicants
from clients.demo.counties.figures import FigureMaker, Filed
from clients.programme.folder import ProgrammeFolder, default_programme_folder

FOLDER = ProgrammeFolder(default_programme_folder())
SEEDS = range(6)


def filings(seed: int) -> list[Filed]:
    chance = Chance(seed)
    return FigureMaker(FOLDER, chance, data_year=2023).make(choose_applicants(FOLDER, chance))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_applicant_reaches_its_target_score(seed: int) -> None:
    chance = Chance(seed)
    maker = FigureMaker(FOLDER, chance, data_year=2023)
    for filed in maker.make(choose_applicants(FOLDER, chance)):
        gap = maker.scheme.score(filed.figures) - filed.applicant.target_score
        assert abs(gap) < Decimal("0.005"), filed.applicant


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_known_holds_and_no_named_cluster_gets_a_synthetic_fault(seed: int) -> None:
    made = filings(seed)
    assert [filed.applicant.target_rank for filed in made] == list(range(1, APPLICANTS + 1))
    named = [filed.applicant for filed in made if filed.applicant.is_published]
    assert len(named) == 24
    assert sum(applicant.target_rank <= DESIGNATED for applicant in named) == 23
    zengdu = next(filed for filed in made if filed.applicant.county_code == ZENGDU)
    assert zengdu.applicant.target_rank == 5
    assert zengdu.figures["operating_revenue", 2023] == Decimal("4140000")
    assert zengdu.labels["operating_revenue", 2023].provenance == "published"
    for filed in made:
        assert filed.applicant.is_published != (GENERATED_MARK in filed.applicant.name)
        rise = filed.figures["operating_revenue", 2023] / filed.figures["operating_revenue", 2022] - 1  # type: ignore[operator]
        if filed.applicant.is_published and filed.applicant.target_rank <= DESIGNATED:
            assert rise >= Decimal("0.05")


def test_a_seed_is_a_seed() -> None:
    first, again, other = filings(3), filings(3), filings(4)
    assert [filed.figures for filed in first] == [filed.figures for filed in again]
    assert [filed.figures for filed in first] != [filed.figures for filed in other]
