"""From an accepted application to a designation: real registry, real scoring, the real clients between them."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from shared.http.client import ServiceProblem
from shared.http.registry import RegistryClient
from shared.http.scoring import ScoringClient
from tests.support import programme
from tests.support.people import PROVINCE_DECIDER, PROVINCE_OFFICER, Issuer, Person
from tests.support.registry_story import (
    ROUND,
    TIANMEN,
    RegistryStory,
    load_programme,
    plausible_content,
    set_business_date,
    value,
)
from tests.support.scoring import SOMEBODY, running_scoring
from tests.support.services import RunningService


@pytest.fixture
async def scoring(
    scoring_url: str, registry: RunningService, issuer: Issuer, release_key: OKPKey, tmp_path: Path
) -> AsyncIterator[RunningService]:
    async with running_scoring(tmp_path, issuer, scoring_url, release_key, registry.transport) as running:
        yield running


def scoring_as(scoring: RunningService, person: Person) -> ScoringClient:
    return ScoringClient(
        "http://scoring", scoring.token_source(person), transport=scoring.transport, attempts=1
    )


def registry_as(registry: RunningService, person: Person) -> RegistryClient:
    return RegistryClient(
        "http://registry", registry.token_source(person), transport=registry.transport, attempts=1
    )


async def decide(decider: ScoringClient, assessment: str, release_sha256: str, *, key: str) -> None:
    await decider.decide(
        assessment,
        release_sha256=release_sha256,
        document_number=f"纪要〔2024〕{key}号",
        decided_on=date(2024, 8, 16),
        minutes="审定",
        key=key,
    )


async def test_an_accepted_application_is_assessed_corrected_and_designated(
    registry: RunningService, scoring: RunningService
) -> None:
    await load_programme(registry)
    filed = await RegistryStory(registry).accepted(plausible_content(revenue="4140000"))
    await RegistryStory(registry, county=TIANMEN, city=None).accepted(
        plausible_content(revenue="900000", park_entry_rate="80"), name="医药产业集群"
    )
    for service in (registry, scoring):
        await set_business_date(service, "2024-08-16")
    async with (
        registry_as(registry, PROVINCE_OFFICER) as records,
        scoring_as(scoring, PROVINCE_OFFICER) as officer,
        scoring_as(scoring, PROVINCE_DECIDER) as decider,
        scoring_as(scoring, SOMEBODY) as somebody,
    ):
        snapshot = await records.freeze_snapshot(ROUND, key="freeze-1-2024")
        document = programme.document("scheme")
        await officer.draft_scheme(document, key="draft-2024")
        await decider.publish_scheme(document["id"], document["version"], key="publish-2024")
        assessment = await officer.run_assessment(
            scheme=document["id"],
            scheme_version=document["version"],
            snapshot_sha256=snapshot.sha256,
            key="assess-2024",
        )
        ranking = await officer.ranking(assessment.current_sha256)
        assert [(row.rank, row.unit) for row in ranking] == [(1, "421303-01"), (2, "429006-01")]
        assert {row.proposed_status for row in ranking} <= {"designate", "cultivate", "refuse"}

        await decide(decider, assessment.id, assessment.current_sha256, key="decide-1-2024")
        await officer.open_public_notice(assessment.id, key="notice-2024")
        receipt = await somebody.file_objection(
            assessment.id,
            unit="421303-01",
            statement="税收有误",
            objector_name="张三",
            objector_contact="13800000000",
            key="objection-1",
        )
        restatement = [value("tax_paid", 2023, "64100")]
        await records.restate_filing(
            "applications", filed, reason="税务复核", values=restatement, key="restate-2024"
        )
        restated = await records.freeze_snapshot(ROUND, key="freeze-2-2024")
        assert restated.sha256 != snapshot.sha256
        ruled = await officer.uphold_by_correction(
            assessment.id,
            receipt.number,
            reason="税收更正",
            snapshot_sha256=restated.sha256,
            key="rule-1-2024",
        )
        assert ruled.ruling is not None
        assert ruled.ruling.release_sha256 is not None
        diff = await officer.release_diff(ruled.ruling.release_sha256)
        assert [change.unit for change in diff.changes] == ["421303-01"]
        now = await officer.assessment(assessment.id)
        await decide(decider, assessment.id, now.current_sha256, key="decide-2-2024")
        with pytest.raises(ServiceProblem) as caught:
            await officer.finalise(assessment.id, key="final-early-2024")
        assert caught.value.problem_code == "notice-is-not-over"
        await set_business_date(scoring, "2024-08-23")
        final = await officer.finalise(assessment.id, key="final-2024")
        assert final.final_sha256 is not None
        signed = await officer.signed_release(final.final_sha256)
        release = signed.release()
        assert release.stage == "final"

    async with registry_as(registry, PROVINCE_OFFICER) as proposing:
        proposed = await proposing.propose_designations(
            {
                "programme": release.programme,
                "releases": [
                    {"release": release.model_dump(mode="json"), "signature": signed.signature},
                ],
                "effective_from": "2024-08-23",
                "note": "认定名单",
            },
            key="propose-list-2024",
        )
    async with registry_as(registry, PROVINCE_DECIDER) as deciding:
        recorded = await deciding.approve_designations(
            proposed.code, minutes="同意", document_number="鄂发改县域〔2024〕200号", key="designate-2024"
        )
    assert recorded.releases == [final.final_sha256]
