"""The documents that a decision rests on: fetched outside of any transaction, verified, then kept by value."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.inputs.candidates import check_designations, check_newest, check_release
from services.funding.storage.evidence import keep_designations, keep_release
from shared.contracts.designation_set import DesignationSet
from shared.contracts.release import Release
from shared.documents.keys import KeySource, verify_signature
from shared.http.registry import RegistryClient
from shared.http.scoring import ScoringClient
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class Upstream:
    """The two services below funding, and the keys by which scoring signs."""

    registry: RegistryClient
    scoring: ScoringClient
    release_keys: KeySource

    async def close(self) -> None:
        await self.registry.close()
        await self.scoring.close()


@dataclass(frozen=True, slots=True)
class Evidence:
    release: Release
    signature: str
    key_id: str
    designations: DesignationSet


async def fetch_evidence(
    upstream: Upstream,
    principal: Principal,
    *,
    programme: str,
    release_sha256: str,
    today: date,
) -> Evidence:
    """Refuses a release whose hash or signature does not fit, that is not final or superseded, or of another programme.

    Designations are those of today: what was removed since then has no claim.
    """
    scoring = upstream.scoring.acting_for(principal.subject)
    signed = await scoring.signed_release(release_sha256)
    release = signed.release()
    key_id = verify_signature(signed.signature, release.sha256, await upstream.release_keys.keys())
    check_release(release, sha256=release_sha256, programme=programme)
    check_newest(release, newest_sha256=(await scoring.assessment(signed.assessment)).final_sha256)
    registry = upstream.registry.acting_for(principal.subject)
    designations = await registry.designation_set(programme, as_of=today)
    check_designations(designations, release=release)
    return Evidence(release, signed.signature, key_id, designations)


async def keep_evidence(session: AsyncSession, evidence: Evidence) -> None:
    await keep_release(session, evidence.release, signature=evidence.signature, key_id=evidence.key_id)
    await keep_designations(session, evidence.designations)
