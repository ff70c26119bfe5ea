"""The documents that a decision rests on: fetched outside of any transaction, verified, then kept by value."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from joserfc.jwk import KeySet
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.inputs.candidates import check_designations, check_newest, check_release
from services.funding.domain.inputs.released_lists import release_field
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
class SignedRelease:
    """A release that was verified, with its signature and the key that it was verified by."""

    release: Release
    signature: str
    key_id: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """``releases`` as they were named."""

    releases: tuple[SignedRelease, ...]
    designations: DesignationSet


async def fetch_evidence(
    upstream: Upstream,
    principal: Principal,
    *,
    programme: str,
    releases: Sequence[str],
    today: date,
) -> Evidence:
    """Refuses a release whose hash or signature does not fit, that is not final or superseded, or of another programme.

    Designations are those of today: what was removed since then has no claim.
    """
    scoring = upstream.scoring.acting_for(principal.subject)
    keys = await upstream.release_keys.keys()
    signed = [
        await _fetch(scoring, keys, sha256, programme=programme, at=release_field(place))
        for place, sha256 in enumerate(releases)
    ]
    registry = upstream.registry.acting_for(principal.subject)
    designations = await registry.designation_set(programme, as_of=today)
    for held in signed:
        check_designations(designations, release=held.release)
    return Evidence(tuple(signed), designations)


async def _fetch(
    scoring: ScoringClient, keys: KeySet, sha256: str, *, programme: str, at: str
) -> SignedRelease:
    signed = await scoring.signed_release(sha256)
    release = signed.release()
    key_id = verify_signature(signed.signature, release.sha256, keys)
    check_release(release, sha256=sha256, programme=programme, at=at)
    newest = (await scoring.assessment(signed.assessment)).final_sha256
    check_newest(release, newest_sha256=newest, at=at)
    return SignedRelease(release, signed.signature, key_id)


async def keep_evidence(session: AsyncSession, evidence: Evidence) -> None:
    for signed in evidence.releases:
        await keep_release(session, signed.release, signature=signed.signature, key_id=signed.key_id)
    await keep_designations(session, evidence.designations)
