"""From a snapshot and a scheme to a proposed release and its explanations: pure, so it runs in a thread."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.scoring.domain.assessment import assess
from services.scoring.domain.engine.explanation import explain
from services.scoring.domain.inputs.snapshot import read_units
from services.scoring.domain.reading.stored import SchemeDocument, read_scheme
from services.scoring.domain.refusals import SnapshotDoesNotFitScheme
from services.scoring.domain.releases.making import propose
from services.scoring.domain.scheme.scheme import Kind
from shared.contracts.release import Release, SchemeReference
from shared.contracts.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Proposal:
    release: Release
    explanations: Mapping[str, Mapping[str, Any]]
    division: str


async def assess_snapshot(
    stored: SchemeDocument, snapshot: Snapshot, *, supersedes: Release | None = None
) -> Proposal:
    return await asyncio.to_thread(_assess, stored, snapshot, supersedes)


def _assess(stored: SchemeDocument, snapshot: Snapshot, supersedes: Release | None) -> Proposal:
    scheme = read_scheme(stored)
    assessed = assess(
        scheme, read_units(scheme, snapshot), kind=Kind(snapshot.kind), data_year=snapshot.data_year
    )
    reference = SchemeReference(id=scheme.id, version=scheme.version, sha256=stored.sha256)
    release = propose(snapshot, assessed, scheme=reference, supersedes=supersedes)
    explanations = {
        unit.unit: explain(scheme, snapshot, unit, result)
        for unit, result in zip(snapshot.units, assessed, strict=True)
    }
    return Proposal(release, explanations, _province(snapshot))


def _province(snapshot: Snapshot) -> str:
    provinces = {unit.division_path[0] for unit in snapshot.units if unit.division_path}
    if len(provinces) != 1 or not all(unit.division_path for unit in snapshot.units):
        raise SnapshotDoesNotFitScheme(
            "快照中的集群须属于同一个省", "The units of a snapshot belong to one province"
        )
    return provinces.pop()
