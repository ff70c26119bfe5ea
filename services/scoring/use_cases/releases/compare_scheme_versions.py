"""What another version of a scheme would change on the figures of a release: the units that would move."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.comparing.changes import UnitMove, moves_between
from services.scoring.domain.comparing.standings import Standing, standings_of
from services.scoring.domain.inputs.snapshot import read_units
from services.scoring.domain.reading.stored import SchemeDocument, read_scheme
from services.scoring.storage.assessments import kept_snapshot
from services.scoring.use_cases.releases.show_releases import show_release
from services.scoring.use_cases.schemes.show_scheme_versions import known_scheme
from shared.contracts.release import Release
from shared.contracts.snapshot import Snapshot
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeMoves:
    """The units whose rank or grade another version of the scheme would move, by code."""

    release_sha256: str
    before_sha256: str
    after_sha256: str
    moved: Sequence[UnitMove]


async def compare_scheme_versions(
    session: AsyncSession, principal: Principal, sha256: str, *, scheme: str, version: str
) -> SchemeMoves:
    release = Release.parse((await show_release(session, principal, sha256)).document)
    before = (await known_scheme(session, release.scheme.id, release.scheme.version)).source
    after = (await known_scheme(session, scheme, version)).source
    document = await kept_snapshot(session, release.snapshot_sha256)
    assert document is not None  # noqa: S101 - kept with the release
    snapshot = Snapshot.parse(document)
    old = await asyncio.to_thread(_standings, before, snapshot)
    new = await asyncio.to_thread(_standings, after, snapshot)
    return SchemeMoves(
        release_sha256=sha256,
        before_sha256=before.sha256,
        after_sha256=after.sha256,
        moved=moves_between(old, new),
    )


def _standings(stored: SchemeDocument, snapshot: Snapshot) -> Mapping[str, Standing]:
    scheme = read_scheme(stored)
    return standings_of(scheme, read_units(scheme, snapshot), data_year=snapshot.data_year)
