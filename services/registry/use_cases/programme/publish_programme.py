"""Publishes a programme document and its indicator catalogue: checked, hashed, immutable from then on."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.programme.documents import IndicatorCatalogue, Programme
from services.registry.storage import programmes
from services.registry.storage.reference import load_divisions
from shared.data.events import append_event
from shared.documents.canonical import document_hash
from shared.errors import Item, Kind, NotFound, Refusal
from shared.web.principals import Principal


class VersionAlreadyPublished(Refusal):
    """A published version is immutable: another content takes another version."""

    kind = Kind.CONFLICT
    code = "version-already-published"


class ProgrammeInconsistent(Refusal):
    code = "programme-inconsistent"


async def publish_programme(session: AsyncSession, document: Programme, *, actor: Principal) -> str:
    """Publishes a version with the rounds of its calendar; returns its hash. The same content again is no change."""
    sha256 = document_hash(document.model_dump(mode="json"))
    kept = await programmes.published_hash(session, "programme_version", document.programme, document.version)
    if _is_same(kept, sha256, document.version):
        return sha256
    items = [*_unknown_counties(document, await _counties(session, document))]
    taken = await programmes.taken_round_codes(session, [entry.code for entry in document.calendar])
    items += [
        Item(
            field=f"calendar.{code}",
            rule="unique",
            zh=f"轮次 {code} 已存在",
            en=f"the round {code} exists already",
        )
        for code in sorted(taken)
    ]
    if items:
        raise ProgrammeInconsistent(
            f"计划文件有 {len(items)} 处错误",
            f"The programme document has {len(items)} error(s)",
            items=items,
        )
    await programmes.add_programme(session, document, sha256)
    await append_event(
        session,
        "programme.published",
        subject=document.programme,
        actor=actor.actor,
        data={"version": document.version, "sha256": sha256},
    )
    return sha256


async def publish_catalogue(session: AsyncSession, document: IndicatorCatalogue, *, actor: Principal) -> str:
    """Publishes the catalogue of a published programme version; the same content again is no change."""
    programme = await programmes.get_programme(session, document.programme, document.version)
    if programme is None:
        raise NotFound("计划版本", "programme version")
    sha256 = document_hash(document.model_dump(mode="json"))
    kept = await programmes.published_hash(session, "catalogue_version", document.programme, document.version)
    if _is_same(kept, sha256, document.version):
        return sha256
    items = list(_unknown_indicators(programme, document))
    if items:
        raise ProgrammeInconsistent(
            "指标目录与校验规则不一致", "The catalogue does not fit the checks", items=items
        )
    await programmes.add_catalogue(session, document, sha256)
    await append_event(
        session,
        "catalogue.published",
        subject=document.programme,
        actor=actor.actor,
        data={"version": document.version, "sha256": sha256},
    )
    return sha256


def _is_same(kept: str | None, sha256: str, version: str) -> bool:
    if kept is not None and kept != sha256:
        raise VersionAlreadyPublished(
            f"版本 {version} 已发布且内容不同;修改须用新版本号",
            f"Version {version} is published with other content; a change takes a new version",
        )
    return kept is not None


async def _counties(session: AsyncSession, document: Programme) -> set[str]:
    divisions = await load_divisions(session)
    day: date = document.scope.effective_from
    known = set()
    for code in document.scope.counties:
        try:
            known.add(divisions.county(code, on=day).code)
        except Refusal:
            continue
    return known


def _unknown_counties(document: Programme, known: set[str]) -> list[Item]:
    return [
        Item(
            field=f"scope.counties.{index}",
            rule="division",
            zh=f"{code} 当日不是有效的县级区划代码",
            en=f"{code} is no valid county code on that day",
            row=index + 1,
        )
        for index, code in enumerate(document.scope.counties)
        if code not in known
    ]


def _unknown_indicators(programme: Programme, catalogue: IndicatorCatalogue) -> list[Item]:
    known = set(catalogue.by_code())
    return [
        Item(field=f"checks.{check.code}", rule="indicator", zh=f"没有指标 {code}", en=f"no indicator {code}")
        for check in programme.checks
        for code in check.named_indicators()
        if code not in known
    ]
