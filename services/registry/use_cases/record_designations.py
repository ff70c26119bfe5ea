"""Records the designation document: verifies a signed final release and gives each cluster its status."""

from datetime import date

from joserfc.jwk import KeySet
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.designations import check_release, status_of
from services.registry.storage import clusters, designations, programmes, reference
from shared.contracts.designation_set import Designation, DesignationSet
from shared.contracts.release import Release
from shared.data.events import append_event
from shared.documents.keys import verify_signature
from shared.errors import NotFound
from shared.web.principals import Principal


async def record_designations(
    session: AsyncSession,
    *,
    programme: str,
    release: Release,
    signature: str,
    keys: KeySet,
    document_number: str,
    effective_from: date,
    actor: Principal,
) -> DesignationSet:
    """The whole release at once. Returns the statuses in effect on ``effective_from``."""
    key_id = verify_signature(signature, release.sha256, keys)
    codes = [unit.unit for unit in release.units]
    check_release(
        release,
        programme=programme,
        registered=(await clusters.get_clusters(session, codes)).keys(),
        effective_from=effective_from,
    )
    await designations.add_release(
        session,
        release,
        sha256=release.sha256,
        document=release.canonical(),
        signature=signature,
        key_id=key_id,
    )
    await designations.add_designations(
        session,
        [
            {
                "cluster_code": code,
                "release_sha256": release.sha256,
                "programme": programme,
                "programme_version": release.programme_version,
                "status": status_of(release, code),
                "level": "provincial",
                "document_number": document_number,
                "effective_from": effective_from,
            }
            for code in codes
        ],
    )
    await append_event(
        session,
        "designations.recorded",
        subject=programme,
        actor=actor.actor,
        data={"release": release.sha256, "clusters": len(codes), "document_number": document_number},
    )
    return await designation_set(session, programme, as_of=effective_from)


async def designation_set(session: AsyncSession, programme: str, *, as_of: date) -> DesignationSet:
    """Who holds what status on a day."""
    policy = await programmes.newest_programme(session, programme)
    if policy is None:
        raise NotFound("计划", "programme")
    divisions = await reference.load_divisions(session)
    rows = await designations.designations_as_of(session, programme, as_of)
    return DesignationSet(
        programme=programme,
        programme_version=policy.version,
        as_of=as_of,
        designations=tuple(
            Designation(
                cluster=row["cluster_code"],
                name=row["name"],
                county_code=row["county_code"],
                county_name=divisions.name(row["county_code"]),
                division_path=divisions.path(row["county_code"]),
                status=row["status"],
                level=row["level"],
                document_number=row["document_number"],
                effective_from=row["effective_from"],
                release_sha256=row["release_sha256"],
            )
            for row in rows
        ),
    )
