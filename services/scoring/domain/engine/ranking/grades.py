"""Grades: absolute bands over the score, or quotas in rank order."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.scoring.domain.engine.ranking.cut import take
from services.scoring.domain.engine.ranking.ranks import Placed, nodes_in_points, score_on
from services.scoring.domain.engine.results import ScoredUnit
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.grades import Band, GradeLookup, Grades, QuotaBand
from services.scoring.domain.scheme.scheme import Scheme


def grades_of(scheme: Scheme, placed: Sequence[Placed]) -> Mapping[str, str]:
    """The grade of every ranked unit, by unit; empty for a scheme without grades."""
    if scheme.grades is None:
        return {}
    if scheme.grades.bands:
        bands = scheme.grades.bands
        return {
            p.scored.unit: band_of(bands, p.scored.unit, score_on(p.scored, scheme.band_on)) for p in placed
        }
    if scheme.grades.lookup is not None:
        return {
            p.scored.unit: _looked_up(scheme.grades, scheme.grades.lookup, scheme, p.scored) for p in placed
        }
    return _by_quota(scheme, scheme.grades.quotas, placed)


def subgrades_of(grades: Grades, scheme: Scheme, unit: ScoredUnit) -> dict[str, str | None]:
    """Each sub-grade's band by the node's value in points; None below the lowest band or without a value."""
    values = nodes_in_points(scheme, unit)
    found: dict[str, str | None] = {}
    for subgrade in grades.subgrades:
        value = values.get(subgrade.node)
        found[subgrade.code] = next(
            (code for code, minimum in subgrade.bands if value is not None and value >= minimum), None
        )
    return found


def _looked_up(grades: Grades, lookup: GradeLookup, scheme: Scheme, unit: ScoredUnit) -> str:
    held = subgrades_of(grades, scheme, unit)
    for wanted, grade in lookup.rows:
        if all(want is None or held[key] in want for key, want in zip(lookup.keys, wanted, strict=True)):
            return grade
    raise AssertionError("the last row of a lookup matches everything")


def band_of(bands: Sequence[Band], unit: str, score: Decimal) -> str:
    """The first band from the top whose minimum is reached; a score outside of all bands is refused."""
    if bands[-1].minimum <= score <= bands[0].maximum:
        return next(band.code for band in bands if score >= band.minimum)
    zh = f"{unit}的得分{score}不在任何等次内,请设 range 或放宽等次"
    en = f"the score {score} of {unit} lies in no band: set a range, or widen the bands"
    raise StepNotPossible.at("grades", "outside-the-bands", zh, en)


def places_of(quotas: Sequence[QuotaBand], units: int) -> list[int]:
    """How many units each quota takes of so many; the last takes the rest."""
    places: list[int] = []
    for quota in quotas:
        wanted = quota.places if quota.share is None else int(quota.share * units)
        left = units - sum(places)
        places.append(left if wanted is None else min(wanted, left))
    return places


def _by_quota(scheme: Scheme, quotas: Sequence[QuotaBand], placed: Sequence[Placed]) -> Mapping[str, str]:
    grades: dict[str, str] = {}
    for quota in quotas:
        places = quota.places
        if quota.share is not None:
            places = int(quota.share * len(placed))
        left = [p for p in placed if p.scored.unit not in grades]
        for taken in take(left, places, at_cut=scheme.ties.at_cut, rule=f"grades.{quota.code}"):
            grades[taken.scored.unit] = quota.code
    return grades
