"""Designations: decided on signed releases as people do it, or as rows where a test is about what follows from them."""

from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import httpx
import sqlalchemy as sa
from joserfc.jwk import OKPKey

from shared.contracts.designation_set import DesignationSet
from shared.contracts.release import Notice, Release
from shared.documents.keys import sign_hash
from tests.support.people import AUDITOR, PROVINCE_DECIDER, PROVINCE_OFFICER, Person
from tests.support.release import final_release
from tests.support.services import RunningService

PROGRAMME = "hubei-county-clusters"
DOCUMENT = "鄂发改县域〔2024〕200号"


def signed(release: Release, key: OKPKey) -> dict[str, Any]:
    return {"release": release.model_dump(mode="json"), "signature": sign_hash(release.sha256, key)}


def year_of(year: int, *units: tuple[str, str], kind: str = "assessment", **scores: str) -> Release:
    """The final release of a year's round, whose notice was over in the middle of September.

    ``scores``: of clusters by code with ``c`` before it and ``_`` in it, where it is not 80.
    """
    found = final_release(
        *units,
        kind=kind,
        assessment_year=year,
        data_year=year - 1,
        snapshot_sha256=f"sha256:{year:04}{kind[:3].encode().hex()}".ljust(71, "0"),
        notice=Notice(starts_on=date(year, 9, 4), ends_on=date(year, 9, 10), days=7, day_kind="calendar"),
    )
    given = {code[1:].replace("_", "-"): score for code, score in scores.items()}
    scored = tuple(
        unit.model_copy(update={"score": given.get(unit.unit, unit.score)}) for unit in found.units
    )
    return found.model_copy(update={"units": scored})


async def statuses(registry: RunningService, day: str, *, known_at: datetime | None = None) -> dict[str, str]:
    asked = {"as_of": day} | ({} if known_at is None else {"known_at": known_at.isoformat()})
    async with registry.as_(AUDITOR) as client:
        answer = await client.get(f"/v1/designation-sets/{PROGRAMME}", params=asked)
    assert answer.status_code == 200, answer.text
    return {entry.cluster: entry.status for entry in DesignationSet.parse(answer.content).designations}


async def propose(
    registry: RunningService,
    *releases: dict[str, Any],
    effective_from: str = "2024-09-14",
    by: Person = PROVINCE_OFFICER,
    **more: Any,
) -> httpx.Response:
    body = {
        "programme": PROGRAMME,
        "releases": list(releases),
        "effective_from": effective_from,
        "note": "提请认定",
        **more,
    }
    return await post(registry, by, "", body)


async def approve(
    registry: RunningService, code: str, *, by: Person = PROVINCE_DECIDER, **more: Any
) -> httpx.Response:
    body = {"minutes": "同意", "document_number": DOCUMENT, **more}
    return await post(registry, by, f"/{code}/approval", body)


async def post(registry: RunningService, by: Person, path: str, body: dict[str, Any]) -> httpx.Response:
    headers = {"Idempotency-Key": f"decide-{uuid4()}"}
    async with registry.as_(by) as client:
        return await client.post(f"/v1/designation-decisions{path}", json=body, headers=headers)


async def designate(registry: RunningService, *releases: dict[str, Any], **more: Any) -> httpx.Response:
    """Proposed by one and approved by another; where the proposal is refused, that answer."""
    proposed = await propose(registry, *releases, **more)
    if not proposed.is_success:
        return proposed
    return await approve(registry, proposed.json()["code"])


async def designated(
    registry: RunningService,
    *clusters: str,
    since: str,
    status: str = "designated",
    level: str = "provincial",
    programme: str = PROGRAMME,
) -> None:
    """Gives these clusters a status from a day on, by a decision and a release of its own."""
    about = {
        "programme": programme,
        "sha256": "sha256:" + sha256(f"{programme} {since} {status} {level} {clusters}".encode()).hexdigest(),
        "code": f"{since}-{uuid4()}",
        "since": date.fromisoformat(since),
        "status": status,
    }
    given = [_ENTRY] if level == "provincial" else [_ENTRY, _TITLE]
    async with registry.database.transaction() as session:
        for statement in _DECISION:
            await session.execute(sa.text(statement), about)
        for cluster in clusters:
            for statement in given:
                await session.execute(sa.text(statement), {**about, "cluster": cluster})


_DECISION = (
    "INSERT INTO received_release (sha256, document, signature, key_id, programme, assessment_year, kind, recorded_at) "
    "VALUES (:sha256, '{}', 's', 'k', :programme, 2024, 'application', now())",
    "INSERT INTO designation_decision (code, programme, programme_version, running, effective_from, state, "
    "document_number, approved_at) SELECT :code, :programme, '1', coalesce(max(running), 0) + 1, :since, 'approved', "
    "'测试〔2024〕1号', now() FROM designation_decision",
)
_ENTRY = (
    "INSERT INTO designation_entry (decision, cluster_code, basis, release_sha256, by_rule, status, level, reasons, "
    "reminded) VALUES (:code, :cluster, 'application', :sha256, :status, :status, 'provincial', '[]', false)"
)
_TITLE = (
    "INSERT INTO national_title (decision, cluster_code, title, level, ministry, document_number, awarded_on) "
    "VALUES (:code, :cluster, '国家级称号', 'national', '部委', '测试〔2024〕2号', :since)"
)
