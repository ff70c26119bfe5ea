"""Publishes a programme document and its indicator catalogue: checked, hashed, immutable from then on."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.programme.documents import IndicatorCatalogue, Programme
from services.registry.domain.programme.publication import (
    check_catalogue,
    check_programme,
    counties_in_scope,
    is_same,
)
from services.registry.storage import programmes
from services.registry.storage.reference import load_divisions
from services.registry.use_cases.scope import require_own_programme
from shared.data.events import append_event
from shared.documents.canonical import document_hash
from shared.errors import NotFound
from shared.policy.documents import SourceDocument, check_public
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class Published:
    """A document by its name and the hash of its content."""

    programme: str
    version: str
    sha256: str


async def publish_programme(
    session: AsyncSession, document: Programme, *, actor: Principal, today: date
) -> Published:
    """Publishes a version. The same content again is no change."""
    check_public([SourceDocument(document.document_number, document.published_on)], today)
    await _require_own(session, document.programme, actor)
    published = _named(document)
    kept = await programmes.published_programme_hash(session, document.programme, document.version)
    if is_same(document.version, kept=kept, sha256=published.sha256):
        return published
    divisions = await load_divisions(session)
    own = set(divisions.counties_within(actor.division))
    check_programme(
        document,
        counties=counties_in_scope(document.scope, divisions) & own,
        before=await programmes.newest_programme(session, document.programme),
    )
    await programmes.add_programme(session, document, published.sha256, division=actor.division)
    await _tell(session, "programme.published", published, actor)
    return published


async def publish_catalogue(
    session: AsyncSession, document: IndicatorCatalogue, *, actor: Principal
) -> Published:
    """Publishes the catalogue of a published programme version; the same content again is no change."""
    programme = await programmes.get_programme(session, document.programme, document.version)
    if programme is None:
        raise NotFound("计划版本", "programme version")
    await require_own_programme(session, document.programme, actor)
    published = _named(document)
    kept = await programmes.published_catalogue_hash(session, document.programme, document.version)
    if is_same(document.version, kept=kept, sha256=published.sha256):
        return published
    check_catalogue(document, programme)
    await programmes.add_catalogue(session, document, published.sha256)
    await _tell(session, "catalogue.published", published, actor)
    return published


async def _require_own(session: AsyncSession, programme: str, actor: Principal) -> None:
    """Whoever publishes a programme first has it."""
    await programmes.lock_programme(session, programme)
    if await programmes.division_of(session, programme) is not None:
        await require_own_programme(session, programme, actor)


def _named(document: Programme | IndicatorCatalogue) -> Published:
    sha256 = document_hash(document.model_dump(mode="json"))
    return Published(document.programme, document.version, sha256)


async def _tell(session: AsyncSession, event: str, published: Published, actor: Principal) -> None:
    data = {"version": published.version, "sha256": published.sha256}
    await append_event(session, event, subject=published.programme, actor=actor.actor, data=data)
