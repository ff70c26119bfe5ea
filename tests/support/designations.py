"""Designations: decided on signed releases as people do it, or as rows where a test is about what follows from them."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import uuid4

import httpx
import sqlalchemy as sa
from joserfc.jwk import OKPKey

from shared.contracts.release import Release
from shared.documents.keys import sign_hash
from tests.support.people import PROVINCE_DECIDER, PROVINCE_OFFICER, Person
from tests.support.services import RunningService

PROGRAMME = "hubei-county-clusters"
DOCUMENT = "鄂发改县域〔2024〕200号"


def signed(release: Release, key: OKPKey) -> dict[str, Any]:
    return {"release": release.model_dump(mode="json"), "signature": sign_hash(release.sha256, key)}


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
    registry: RunningService, *clusters: str, since: str, status: str = "designated"
) -> None:
    """Gives these clusters a status from a day on, by a decision and a release of its own."""
    await given(registry, clusters, since=date.fromisoformat(since), status=status)


async def given(registry: RunningService, clusters: Sequence[str], *, since: date, status: str) -> None:
    release = f"sha256:{since}-{status}-{'-'.join(clusters)}"
    code = f"{since}-{uuid4()}"
    about = {"programme": PROGRAMME, "sha256": release, "code": code, "since": since, "status": status}
    async with registry.database.transaction() as session:
        for statement in _DECISION:
            await session.execute(sa.text(statement), about)
        for cluster in clusters:
            await session.execute(sa.text(_ENTRY), {**about, "cluster": cluster})


_DECISION = (
    "INSERT INTO received_release (sha256, document, signature, key_id, programme, assessment_year, kind, recorded_at) "
    "VALUES (:sha256, '{}', 's', 'k', :programme, 2024, 'application', now())",
    "INSERT INTO designation_decision (code, programme, programme_version, running, effective_from, state, "
    "document_number, approved_at) SELECT :code, :programme, '1', coalesce(max(running), 0) + 1, :since, 'approved', "
    "'测试〔2024〕1号', now() FROM designation_decision",
)
_ENTRY = (
    "INSERT INTO designation_entry (decision, cluster_code, basis, release_sha256, by_rule, status, reasons, reminded) "
    "VALUES (:code, :cluster, 'application', :sha256, :status, :status, '[]', false)"
)
