"""A scheme enters as a draft, already free of errors. The same content again is no change."""

from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from services.scoring.domain.reading.document import lacking_for_service, parse_scheme
from services.scoring.domain.reading.problems import LineOf, invalid_scheme
from services.scoring.domain.refusals import SchemeInvalid, SchemeVersionAlreadyExists
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.storage.schemes import StoredScheme, add_draft
from services.scoring.use_cases.schemes.show_scheme_versions import known_scheme
from shared.data.events import append_event
from shared.documents.canonical import Json, canonical_bytes, sha256_of
from shared.documents.reading import read_document
from shared.errors import Item, OutOfScope
from shared.http.programmes import require_own_programme
from shared.http.registry import RegistryClient
from shared.web.fields import JsonDocument
from shared.web.principals import Principal


class SchemeDraft(BaseModel):
    """The document itself, or the text of its file, so that a mistake is answered with its line."""

    model_config = ConfigDict(extra="forbid")

    document: JsonDocument | None = Field(
        default=None, description="`county-clusters/scheme/2`, decimals as texts"
    )
    text: str | None = Field(
        default=None, min_length=1, max_length=2_000_000, description="the same as YAML or JSON text"
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.document is None) == (self.text is None):
            raise ValueError("document 与 text 须且只能有一个 / exactly one of document and text is expected")
        return self


@dataclass(frozen=True, slots=True)
class PreparedScheme:
    """A scheme without errors, with the bytes of its document."""

    scheme: Scheme
    content: bytes


async def prepare_scheme_version(
    registry: RegistryClient, principal: Principal, draft: SchemeDraft
) -> PreparedScheme:
    """Reads it, and asks the registry whose its programme is: that division alone drafts schemes of it."""
    document, line_of = _read(draft)
    scheme, problems = parse_scheme(document)
    if isinstance(document, dict):
        problems += lacking_for_service(document)
    if scheme is None or problems:
        raise invalid_scheme(problems, document, line_of=line_of)
    await require_own_programme(registry, principal, scheme.programme)
    return PreparedScheme(scheme, _canonical(document))


async def draft_scheme_version(
    session: AsyncSession, principal: Principal, prepared: PreparedScheme
) -> StoredScheme:
    scheme, content = prepared.scheme, prepared.content
    added = await add_draft(
        session,
        scheme=scheme.id,
        version=scheme.version,
        programme=scheme.programme,
        division=principal.division,
        sha256=sha256_of(content),
        document=content,
        drafted_by=principal.person,
    )
    if not added:
        kept = await known_scheme(session, scheme.id, scheme.version)
        if kept.division != principal.division:
            raise OutOfScope(kept.division)
        if kept.sha256 != sha256_of(content):
            raise SchemeVersionAlreadyExists(
                f"方案{scheme.id}的版本{scheme.version}已存在且内容不同,请用新的版本号",
                f"Version {scheme.version} of {scheme.id} exists with other content; use another version",
            )
        return kept
    await append_event(
        session,
        "scheme_version.drafted",
        subject=f"{scheme.id}/{scheme.version}",
        actor=principal.actor,
        data={"sha256": sha256_of(content)},
    )
    return await known_scheme(session, scheme.id, scheme.version)


def _read(draft: SchemeDraft) -> tuple[Json, LineOf | None]:
    if draft.text is None:
        return draft.document, None
    read = read_document(draft.text, name="scheme")
    return read.content, read.line_of


def _canonical(document: Json) -> bytes:
    try:
        return canonical_bytes(document)
    except (TypeError, ValueError) as error:
        zh, en = "方案含有不能规范化的内容", "the scheme holds something that has no canonical form"
        raise SchemeInvalid([Item("", "not-canonical", zh, en)]) from error
