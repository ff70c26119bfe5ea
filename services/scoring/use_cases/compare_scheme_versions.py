"""What another version of a scheme would change on the figures of a release: the units that would move."""

import asyncio
import json
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.comparing.changes import UnitMove, moves_between
from services.scoring.domain.comparing.standings import Standing, standings_of
from services.scoring.domain.inputs.snapshot import read_units
from services.scoring.storage.assessments import kept_snapshot
from services.scoring.storage.schemes import find_scheme_version
from services.scoring.use_cases.answers import SchemeComparison, UnitMoveOut
from services.scoring.use_cases.assess_snapshot import StoredScheme, read_scheme
from services.scoring.use_cases.show_releases import own_release
from services.scoring.use_cases.show_scheme_versions import scheme_version_not_found
from shared.contracts.snapshot import Snapshot
from shared.web.principals import Principal


async def compare_scheme_versions(
    session: AsyncSession, principal: Principal, sha256: str, *, scheme: str, version: str
) -> SchemeComparison:
    release = json.loads((await own_release(session, principal, sha256)).document)
    before = await _stored(session, release["scheme"]["id"], release["scheme"]["version"])
    after = await _stored(session, scheme, version)
    document = await kept_snapshot(session, release["snapshot_sha256"])
    assert document is not None  # noqa: S101 - kept with the release
    snapshot = Snapshot.parse(document)
    old = await asyncio.to_thread(_standings, before, snapshot)
    new = await asyncio.to_thread(_standings, after, snapshot)
    return SchemeComparison(
        release_sha256=sha256,
        before_sha256=before.sha256,
        after_sha256=after.sha256,
        moved=[_out(move) for move in moves_between(old, new)],
    )


async def _stored(session: AsyncSession, scheme: str, version: str) -> StoredScheme:
    row = await find_scheme_version(session, scheme, version)
    if row is None:
        raise scheme_version_not_found()
    return StoredScheme(row.document, row.sha256)


def _standings(stored: StoredScheme, snapshot: Snapshot) -> Mapping[str, Standing]:
    scheme = read_scheme(stored)
    return standings_of(scheme, read_units(scheme, snapshot), data_year=snapshot.data_year)


def _out(move: UnitMove) -> UnitMoveOut:
    return UnitMoveOut(
        unit=move.unit,
        score_before=None if move.score_before is None else f"{move.score_before:f}",
        score_after=None if move.score_after is None else f"{move.score_after:f}",
        rank_before=move.rank_before,
        rank_after=move.rank_after,
        grade_before=move.grade_before,
        grade_after=move.grade_after,
    )
