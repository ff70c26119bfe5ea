"""A release gets its signature and is stored, document and units, for ever."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from joserfc.errors import JoseError
from joserfc.jwk import OKPKey
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.storage.releases import StoredRelease, StoredUnit, add_release
from shared.contracts.release import Release, ReleaseUnit
from shared.data.events import append_event
from shared.documents.canonical import Json
from shared.documents.keys import load_signing_key, public_key_set, sign_hash
from shared.web.principals import Principal


class SigningKeyUnusable(RuntimeError):
    """The service does not start without the key by which it signs."""


class Signer:
    """The key by which this service signs. Describing the API needs none, so it is read at the start, not
    before.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> None:
        """Called at the start: a service that cannot sign must not accept an assessment."""
        _ = self._key

    @cached_property
    def _key(self) -> OKPKey:
        try:
            key = load_signing_key(self._path)
        except (OSError, ValueError, JoseError) as error:
            raise SigningKeyUnusable(
                f"SCORING_SIGNING_KEY_FILE: no Ed25519 key can be read from {self._path}"
            ) from error
        if not key.is_private:
            raise SigningKeyUnusable(
                f"SCORING_SIGNING_KEY_FILE: {self._path} holds a public key, not a private one"
            )
        return key

    @property
    def key_id(self) -> str:
        return str(self._key.kid)

    @property
    def key_set(self) -> dict[str, object]:
        return public_key_set(self._key)

    def sign(self, sha256: str) -> str:
        return sign_hash(sha256, self._key)


async def sign_release(
    session: AsyncSession,
    signer: Signer,
    principal: Principal,
    *,
    assessment: str,
    release: Release,
    explanations: Mapping[str, Json],
) -> str:
    """The hash of the stored release."""
    sha256 = release.sha256
    stored = StoredRelease(
        sha256=sha256,
        assessment=assessment,
        stage=release.stage,
        number=release.number,
        supersedes=release.supersedes,
        document=release.canonical(),
        signature=signer.sign(sha256),
        key_id=signer.key_id,
    )
    ordered = sorted(release.units, key=lambda unit: (unit.rank is None, unit.rank or 0, unit.unit))
    units = [
        _part(unit, position=index, explanation=explanations[unit.unit])
        for index, unit in enumerate(ordered, start=1)
    ]
    await add_release(session, stored, units)
    await append_event(
        session,
        "release.signed",
        subject=assessment,
        actor=principal.actor,
        data={"sha256": sha256, "stage": release.stage, "number": release.number, "key_id": signer.key_id},
    )
    return sha256


def _part(unit: ReleaseUnit, *, position: int, explanation: Json) -> StoredUnit:
    return StoredUnit(
        unit.unit, position, list(unit.division_path), unit.model_dump(mode="json"), explanation
    )
