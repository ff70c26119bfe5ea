"""From accepted applications to money and bond priority: three real services, the real clients between them."""

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from services.funding.app import Transports
from services.scoring.use_cases.releases.analyse_robustness import work_once
from shared.http.registry import RegistryClient
from shared.http.scoring import ScoringClient
from tests.support import programme
from tests.support.funding import BUSINESS_DATE, CODES, PROGRAMME, client_of, key, running_funding
from tests.support.people import (
    AUDITOR,
    FINANCE_MAKER,
    FINANCE_REVIEWER,
    PROVINCE_DECIDER,
    PROVINCE_OFFICER,
    Issuer,
    Person,
    county_preparer,
)
from tests.support.registry_story import (
    ROUND,
    TIANMEN,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    set_business_date,
)
from tests.support.scoring import running_scoring
from tests.support.services import RunningService

MATURE, SHRINKING = "421303-01", "429006-01"


@pytest.fixture
async def scoring(
    scoring_url: str, registry: RunningService, issuer: Issuer, release_key: OKPKey, tmp_path: Path
) -> AsyncIterator[RunningService]:
    async with running_scoring(tmp_path, issuer, scoring_url, release_key, registry.transport) as running:
        yield running


@pytest.fixture
async def funding(
    funding_url: str,
    registry: RunningService,
    scoring: RunningService,
    issuer: Issuer,
    release_jwks: Path,
    tmp_path: Path,
) -> AsyncIterator[RunningService]:
    below = Transports(registry=registry.transport, scoring=scoring.transport)
    async with running_funding(tmp_path, issuer, funding_url, release_jwks, below) as running:
        yield running


def content(*, revenue: str, revenue_before: str) -> dict[str, Any]:
    filed = plausible_content(revenue=revenue)
    for entry in filed["values"]:
        if (entry["indicator"], entry["data_year"]) == ("operating_revenue", 2022):
            entry["value"] = revenue_before
    return filed


def scoring_as(scoring: RunningService, person: Person) -> ScoringClient:
    return ScoringClient(
        "http://scoring", scoring.token_source(person), transport=scoring.transport, attempts=1
    )


async def designated_release(registry: RunningService, scoring: RunningService) -> str:
    """The hash of the final release on which two applications were designated or not."""
    await load_programme(registry)
    growing, shrinking = content(revenue="4140000", revenue_before="3800000"), plausible_content()
    await RegistryStory(registry).accepted(growing)
    await RegistryStory(registry, county=TIANMEN, city=None).accepted(shrinking, name="医药产业集群")
    for service in (registry, scoring):
        await set_business_date(service, "2024-08-16")
    records = RegistryClient(
        "http://registry", registry.token_source(PROVINCE_OFFICER), transport=registry.transport
    )
    snapshot = await records.freeze_snapshot(ROUND, key=key())
    scheme = programme.document("scheme")
    officer, decider = scoring_as(scoring, PROVINCE_OFFICER), scoring_as(scoring, PROVINCE_DECIDER)
    await officer.draft_scheme(scheme, key=key())
    await decider.publish_scheme(scheme["id"], scheme["version"], key=key())
    assessment = await officer.run_assessment(
        scheme=scheme["id"], scheme_version=scheme["version"], snapshot_sha256=snapshot.sha256, key=key()
    )
    await decider.decide(
        assessment.id,
        release_sha256=assessment.current_sha256,
        document_number="纪要〔2024〕1号",
        decided_on=date(2024, 8, 16),
        minutes="审定",
        key=key(),
    )
    await officer.open_public_notice(assessment.id, key=key())
    await set_business_date(scoring, "2024-08-23")
    final = await officer.finalise(assessment.id, key=key())
    assert final.final_sha256 is not None
    signed = await officer.signed_release(final.final_sha256)
    proposing, deciding = (
        RegistryClient("http://registry", registry.token_source(person), transport=registry.transport)
        for person in (PROVINCE_OFFICER, PROVINCE_DECIDER)
    )
    proposed = await proposing.propose_designations(
        {
            "programme": PROGRAMME,
            "releases": [{"release": signed.document, "signature": signed.signature}],
            "effective_from": "2024-08-23",
            "note": "认定名单",
        },
        key=key(),
    )
    await deciding.approve_designations(
        proposed.code, minutes="同意", document_number="鄂发改县域〔2024〕200号", key=key()
    )
    return final.final_sha256


async def test_money_and_priority_go_to_whom_scoring_and_registry_name(
    registry: RunningService, scoring: RunningService, funding: RunningService
) -> None:
    release_sha256 = await designated_release(registry, scoring)
    officer, maker = client_of(funding, PROVINCE_OFFICER), client_of(funding, FINANCE_MAKER)
    reviewer, auditor = client_of(funding, FINANCE_REVIEWER), client_of(funding, AUDITOR)
    rules = await officer.publish_incentive_rules(programme.document("incentive"), key=key())
    line = await maker.record_appropriation(
        appropriation="2024-incentive",
        programme=PROGRAMME,
        fiscal_year=2024,
        source="incentive_fund",
        amount_fen=8_000_000_000,
        document_number="鄂财预〔2024〕18号",
        document_date=date.fromisoformat(BUSINESS_DATE),
        budget_approved_on=date.fromisoformat(BUSINESS_DATE),
        codes=CODES,
        reason="登记预算安排",
        key=key(),
    )
    await reviewer.review_fund_orders([line.number], decision="approve", minutes="纪要", key=key())
    opened = await officer.open_round(
        appropriation="2024-incentive",
        incentive=rules.incentive,
        incentive_version=rules.version,
        release_sha256=release_sha256,
        key=key(),
    )
    await _money_at_stake_comes_from_scorings_own_analysis(scoring, funding, opened.code, release_sha256)
    made = await officer.allocate(opened.code, key=key())
    reasons = {entry.unit: entry.en for entry in made.steps[1].lines}
    assert reasons[MATURE] == "passes every test"
    assert "does not find it developing well" in reasons[SHRINKING]
    assert [(award.cluster, award.rank, award.tier) for award in made.awards] == [(MATURE, 1, "first")]
    await officer.propose(opened.code, note="按规则提出", key=key())
    await reviewer.review(opened.code, decision="approve", minutes="纪要", key=key())
    issued = await maker.issue(opened.code, key=key())
    document = await auditor.award_list(issued.list_number, sha256=issued.sha256)
    assert (document.release_sha256, document.unallocated_fen) == (release_sha256, 7_000_000_000)
    county = RegistryClient(
        "http://registry", registry.token_source(county_preparer("421303")), transport=registry.transport
    )
    entry = {
        "project_code": "2409-421303-04-01-100001",
        "name": "专用车产业园基础设施",
        "unit": "曾都区城投公司",
        "cluster": MATURE,
        "investment_wan": "50000",
        "stage": "approved",
        "source": "县发改局台账",
        "period": "2024",
    }
    assert (await county.keep_entries("projects", [entry], key=key())).added == 1
    registered = await officer.register_project(
        {
            "code": "2409-421303-04-01-100001",
            "use": "cluster_infrastructure",
            "revenue_cover": "1.35",
            "approvals": [
                {"kind": "project_approval", "document_number": "曾发改审批〔2024〕12号"},
                {"kind": "land_opinion", "document_number": "曾资规〔2024〕3号"},
            ],
        },
        key=key(),
    )
    assert (registered.name, registered.county_code) == (entry["name"], "421303")
    assert (registered.unit, registered.investment_fen) == (entry["unit"], 50_000_000_000)
    await _a_grant_goes_down_by_the_registrys_divisions(funding)
    await set_business_date(funding, "2024-12-30")  # 国办发〔2024〕52号 is public since 2024-12-25
    rules = await officer.publish_incentive_rules(programme.newest_incentive(), key=key())
    listed = await officer.apply_priority(
        incentive=rules.incentive,
        incentive_version=rules.version,
        instrument="special_purpose_bond",
        release_sha256=release_sha256,
        projects=["2409-421303-04-01-100001"],
        key=key(),
    )
    assert [(entry.place, entry.test, entry.cluster_rank) for entry in listed.entries] == [(1, "passed", 1)]
    assert (await auditor.ledger_proof()).sound


async def _a_grant_goes_down_by_the_registrys_divisions(funding: RunningService) -> None:
    line = await client_of(funding, FINANCE_MAKER).record_appropriation(
        appropriation="grants",
        programme=PROGRAMME,
        fiscal_year=2024,
        source="provincial_budget_investment",
        amount_fen=1_000_000_000,
        document_number="鄂财预〔2024〕19号",
        document_date=date.fromisoformat(BUSINESS_DATE),
        budget_approved_on=date.fromisoformat(BUSINESS_DATE),
        codes=CODES,
        reason="登记预算安排",
        key=key(),
    )
    await client_of(funding, FINANCE_REVIEWER).review_fund_orders(
        [line.number], decision="approve", minutes="纪要", key=key()
    )
    grant = {
        "kind": "grant",
        "appropriation": "grants",
        "document_number": "鄂财建〔2024〕20号",
        "document_date": "2024-10-08",
        "reason": "依据文件办理",
        "project": "2409-421303-04-01-100001",
        "own_rule": "省预算内投资管理办法",
        "cluster": MATURE,
        "amount_fen": 1_000_000_000,
    }
    async with funding.as_(FINANCE_MAKER) as client:
        answer = await client.post("/v1/fund-orders", json=grant, headers={"Idempotency-Key": key()})
    assert ok(answer)["division_path"] == ["420000", "421300", "421303"]


async def _money_at_stake_comes_from_scorings_own_analysis(
    scoring: RunningService, funding: RunningService, round_code: str, release_sha256: str
) -> None:
    officer = client_of(funding, PROVINCE_OFFICER)
    own = [{"name": "现行规则"}]
    without = await officer.simulate(round_code, variants=own, key=key())
    assert without.stakes["available"] is False
    async with scoring.as_(PROVINCE_OFFICER) as client:
        headers = {"Idempotency-Key": key()}
        ok(await client.post(f"/v1/releases/{release_sha256}/robustness", headers=headers))
    await work_once(scoring.database, held=timedelta(minutes=1))
    made = await officer.simulate(round_code, variants=own, key=key())
    assert made.stakes["available"] is True
    assert [cut["tier"] for cut in made.stakes["cuts"]] == ["first"]
    assert made.variants[0].awarded_fen == 1_000_000_000
