"""Who files in a later year, and what: figures grown from those of the year before, and each cluster's part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from clients.demo.chance import Chance
from clients.demo.counties.applicants import Applicant
from clients.demo.counties.figures import FigureMaker, Filed, Labelled
from clients.demo.years import Parts
from shared.contracts.snapshot import SnapshotUnit

#: Of clusters without a part: by how much a score moves from one year to the next, and between what it stays.
_SHIFT, _LEAST, _MOST = (Decimal("-1.6"), Decimal("2.0")), Decimal(58), Decimal(88)
#: By how much revenue grows: enough for a reward; but of a cluster whose score falls below them it shrinks.
_RISE, _SHRINKS = (Decimal("0.055"), Decimal("0.12")), Decimal("-0.06")


@dataclass(frozen=True)
class Known:
    """A cluster at the end of the year before: its status, and its figures and score in the last final results, which
    a holder that filed nothing does not have."""

    cluster: str
    status: str
    filed: Filed | None
    score: Decimal


@dataclass(frozen=True)
class Filings:
    """By cluster code."""

    returns: Mapping[str, Filed]
    applications: Mapping[str, Filed]


def filings_of(known: Sequence[Known], parts: Parts, maker: FigureMaker, chance: Chance) -> Filings:
    """Everybody's filing. A holder that is silent has none."""
    holding = [own for own in known if own.status in ("designated", "rectification")]
    scores = dict(_parts(known, parts))
    silent = {own.cluster for own in _generated(known, "designated")[len(parts.falling) :][: parts.silent]}

    def grown(own: Known, before: Filed) -> Filed:
        drawn = chance.branch(f"{maker.year}/{own.cluster}")
        moved = max(_LEAST, min(_MOST, own.score + drawn.uniform(*_SHIFT)))
        score = scores.get(own.cluster, moved.quantize(Decimal("0.01")))
        rise = drawn.uniform(*_RISE) if score >= _LEAST or score > own.score else _SHRINKS
        return maker.grow(before, replace(before.applicant, target_score=score), rise=rise)

    applying = _generated(known, "cultivated")[::-1][: len(parts.applying)]
    return Filings(
        {own.cluster: grown(own, own.filed) for own in holding if own.filed and own.cluster not in silent},
        {own.cluster: grown(own, own.filed) for own in applying if own.filed},
    )


def filed_before(unit: SnapshotUnit, applicant: Applicant) -> Filed:
    """What a cluster filed for the year before, as it was frozen. In a later year no mistake is made by rank."""
    values = {(value.indicator, value.data_year): value for value in unit.values}
    return Filed(
        replace(applicant, target_rank=0),
        {key: None if value.value is None else Decimal(value.value) for key, value in values.items()},
        {key: Labelled(value.provenance, value.source, value.definition) for key, value in values.items()},
        cluster=unit.unit,
    )


def _parts(known: Sequence[Known], parts: Parts) -> Iterator[tuple[str, Decimal]]:
    """The score of each cluster that has a part."""
    rectifying = [own for own in known if own.status == "rectification" and own.filed is not None]
    for own, score in zip(_generated(known, "designated"), parts.falling, strict=False):
        yield own.cluster, score
    for own, score in zip(sorted(rectifying, key=_score, reverse=True), parts.rectifying, strict=False):
        yield own.cluster, score
    for own, score in zip(_generated(known, "cultivated")[::-1], parts.applying, strict=False):
        yield own.cluster, score


def _generated(known: Sequence[Known], status: str) -> list[Known]:
    """The generated clusters of a status that filed, the weakest first."""
    found = [own for own in known if own.status == status and own.filed is not None]
    return sorted((own for own in found if own.filed and not own.filed.applicant.is_published), key=_score)


def _score(own: Known) -> Decimal:
    return own.score
