"""Grades: absolute bands over the score, or quotas in rank order."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.scoring.domain.ranking import Placed, score_on
from services.scoring.domain.scheme import Band, QuotaBand, Scheme
from services.scoring.domain.selecting import take


def grades_of(scheme: Scheme, placed: Sequence[Placed]) -> Mapping[str, str]:
    """The grade of every ranked unit, by unit; empty for a scheme without grades."""
    if scheme.grades is None:
        return {}
    if scheme.grades.bands:
        bands = scheme.grades.bands
        return {p.scored.unit: _band(bands, score_on(p.scored, scheme.band_on)).code for p in placed}
    return _by_quota(scheme, scheme.grades.quotas, placed)


def _band(bands: Sequence[Band], score: Decimal) -> Band:
    """Bands go from the top down and cover the whole range, so the first whose minimum is reached is the
    one.
    """
    return next(band for band in bands if score >= band.minimum)


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
