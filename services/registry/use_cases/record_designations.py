"""Records the designation document: verifies a signed final release and gives each cluster its status."""

from datetime import date

from joserfc.jwk import KeySet
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain import designations as rules
from services.registry.domain.designations import RecordedDesignations, check_release, designated
from services.registry.storage import clusters, designations, reference
from services.registry.use_cases.programme.show_programmes import newest_programme
from services.registry.use_cases.scope import require_own_programme
from shared.contracts.designation_set import DesignationSet
from shared.contracts.release import Release
from shared.data.events import append_event
from shared.documents.keys import verify_signature
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
) -> RecordedDesignations:
    """The whole release at once, with the numbers of clusters in each status from ``effective_from`` on."""
    await require_own_programme(session, programme, actor)
    key_id = verify_signature(signature, release.sha256, keys)
    registered = await clusters.get_clusters(session, [unit.unit for unit in release.units])
    check_release(release, programme=programme, registered=registered.keys(), effective_from=effective_from)
    await designations.add_release(session, release, signature=signature, key_id=key_id)
    new = designated(
        release, programme=programme, document_number=document_number, effective_from=effective_from
    )
    await designations.add_designations(session, new)
    await append_event(
        session,
        "designations.recorded",
        subject=programme,
        actor=actor.actor,
        data={"release": release.sha256, "clusters": len(new), "document_number": document_number},
    )
    return rules.recorded(release, await _designation_set(session, programme, as_of=effective_from))


async def designation_set(
    session: AsyncSession, programme: str, *, as_of: date, actor: Principal
) -> DesignationSet:
    """Who holds what status on a day, for the programme's division: the set also names those who were refused."""
    await require_own_programme(session, programme, actor)
    return await _designation_set(session, programme, as_of=as_of)


async def _designation_set(session: AsyncSession, programme: str, *, as_of: date) -> DesignationSet:
    policy = await newest_programme(session, programme)
    held = await designations.designations_as_of(session, programme, as_of)
    return rules.designation_set(
        held,
        await clusters.get_clusters(session, [own.cluster_code for own in held]),
        programme=programme,
        programme_version=policy.version,
        as_of=as_of,
        divisions=await reference.load_divisions(session),
    )
