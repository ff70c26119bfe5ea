"""The typed client of funding against the real service: it reaches every operation and reads every answer."""

from datetime import date
from typing import Any

import pytest

from shared.http.client import ServiceProblem
from shared.http.funding.fund_orders import FinanceDivisionView, FundOrderView, PassDownLine
from shared.http.funding.payments import PaymentRow
from tests.support import programme
from tests.support.funding import (
    CODES,
    INCENTIVE,
    PROGRAMME,
    WAN,
    BelowFunding,
    designations_of,
    key,
    release_of,
)
from tests.support.funding_office import (
    DEADLINE,
    LINE,
    TODAY,
    Office,
    Reached,
    issued,
    quota_lines,
)
from tests.support.money import DAYE, SUIZHOU, ZENGDU, city_finance, city_reviewer, county_finance
from tests.support.openings import BOND, LISTINGS_HEADING, Earlier, as_csv, listed_before
from tests.support.people import (
    AUDITOR,
    FINANCE_MAKER,
    FINANCE_REVIEWER,
    PIPELINE,
    PROVINCE_OFFICER,
    county_preparer,
)
from tests.support.services import RunningService, routes_of

#: When 国办发〔2024〕52号 became public.
PUBLIC = date(2024, 12, 25)
RECODE: dict[str, Any] = {
    "code": "421321",
    "successor_code": "421382",
    "kept_code": "421321",
    "holds_from": "2024-12-01",
    "path_before": ["420000", "421300", "421321"],
    "path_after": ["420000", "421300", "421382"],
}
#: Every service has these; the trial's clock is reached by what all clients share.
OF_ALL_SERVICES = {
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/v1/events"),
    ("GET", "/v1/revoked-tokens"),
    ("PUT", "/v1/revoked-tokens/{token_id}"),
}


@pytest.fixture
def office(funding: RunningService) -> Office:
    return Office(Reached(funding))


@pytest.mark.strangers
async def test_the_typed_client_reaches_every_operation(office: Office, below_funding: BelowFunding) -> None:
    code = await issued(office, below_funding)
    await _rules_and_lists_are_read(office, code)
    await _simulated_and_withdrawn(office, below_funding)
    await _passed_down(office, code)
    await _planned_and_paid(office)
    await _reconciled(office)
    await _closed(office, code)
    await _books_are_read(office)
    await _opened_and_reversed(office)
    await _priority_is_applied_for(office, below_funding)
    await _listed_before_and_reversed(office, below_funding)
    below_funding.recodes = [RECODE]
    taken = await office[PIPELINE].take_over_recode(RECODE["code"])
    assert await office[PROVINCE_OFFICER].division_recodes() == [taken]
    assert await office[PIPELINE].business_date() == PUBLIC
    offered = set(routes_of(office.reached.service.app)) - OF_ALL_SERVICES
    assert offered - office.reached.operations == set()


async def _rules_and_lists_are_read(office: Office, code: str) -> None:
    officer, auditor = office[PROVINCE_OFFICER], office[AUDITOR]
    (version,) = await officer.incentive_versions(programme=PROGRAMME)
    rules = await officer.incentive_rules(version.incentive, version.version)
    assert (rules.sha256, rules.document["id"]) == (version.sha256, version.incentive)
    assert [line.code for line in await auditor.appropriations(fiscal_year=2024)] == [LINE]
    assert (await auditor.appropriation(LINE)).amount_fen == 8_000 * WAN
    (listed,) = await auditor.issued_lists(fiscal_year=2024)
    assert listed == await auditor.issued_list(listed.list_number)
    document = await auditor.award_list(listed.list_number, sha256=listed.sha256)
    allocation = await officer.allocation(code)
    assert [(a.cluster, a.amount_fen) for a in document.awards] == [
        (a.cluster, a.amount_fen) for a in allocation.awards
    ]
    compared = await auditor.comparison(code)
    assert sum(row.amounts_fen[0] or 0 for row in compared.counties) == allocation.awarded_fen
    assert [row.code for row in await auditor.rounds()] == [code]
    assert [step.action for step in (await auditor.round(code)).steps][-1] == "issued"


async def _simulated_and_withdrawn(office: Office, below: BelowFunding) -> None:
    """Another line of another year: tried, allocated, proposed, rejected, withdrawn."""
    officer, maker = office[PROVINCE_OFFICER], office[FINANCE_MAKER]
    release = release_of(assessment_year=2025, data_year=2024)
    below.put(release)
    below.designate(designations_of(release))
    line = await maker.record_appropriation(
        appropriation="2025-incentive",
        programme=PROGRAMME,
        fiscal_year=2025,
        source="incentive_fund",
        amount_fen=9_000 * WAN,
        document_number=office.document(),
        document_date=TODAY,
        reason="登记预算安排",
        key=key(),
    )
    await office.approve(line.number)
    completed = await maker.correct_appropriation(
        "2025-incentive",
        changes={"budget_approved_on": TODAY.isoformat(), "codes": CODES},
        reason="补登财政编码和批准日",
        key=key(),
    )
    await office.approve(completed.number)
    (correction,) = (await office[AUDITOR].appropriation("2025-incentive")).corrections
    assert (correction.before["codes"], correction.after["codes"]) == (None, CODES)
    made = await officer.open_round(
        appropriation="2025-incentive",
        incentive=INCENTIVE[0],
        incentive_version=INCENTIVE[1],
        release_sha256=release.sha256,
        key=key(),
    )
    tried = await officer.simulate(made.code, variants=[{"name": "现行规则"}], note="试算", key=key())
    assert [row.number for row in await officer.simulations(made.code)] == [tried.number]
    assert await officer.simulation(made.code, tried.number) == tried
    possible = await officer.round_prerequisites(made.code, step="allocation")
    assert (possible.possible, possible.reasons) == (True, [])
    await officer.allocate(made.code, key=key())
    await officer.propose(made.code, note="提出", key=key())
    reviewer = office[FINANCE_REVIEWER]
    rejected = await reviewer.review(made.code, decision="reject", minutes="退回重拟", key=key())
    assert rejected.state == "allocated"
    assert (await officer.withdraw(made.code, reason="不再分配", key=key())).state == "withdrawn"


async def _passed_down(office: Office, code: str) -> None:
    maker, reviewer, auditor = office[FINANCE_MAKER], office[FINANCE_REVIEWER], office[AUDITOR]
    named = FinanceDivisionView(division_code=DAYE, finance_code="420281000", name="大冶市")
    names = await maker.name_finance_divisions([named], reason="登记财政编码", key=key())
    await office.approve(names.number)
    assert await auditor.finance_divisions() == [named]
    (number,) = await auditor.document_numbers("2024-001")
    assert number.document_number == (await auditor.issued_list("2024-001")).document_number
    lines = await quota_lines(office)
    order = await office.pass_down(lines)
    assert (await auditor.fund_order(order.number)).steps == order.steps
    assert [step.action for step in order.steps] == ["proposed", "approved"]
    assert (await auditor.round(code)).state == "passed_down"
    (arrived,) = await office[city_finance(SUIZHOU)].quota_notices()
    assert (arrived.amount_fen, arrived.deadline, arrived.finance_code) == (700 * WAN, DEADLINE, None)
    (direct,) = await office[county_finance(DAYE)].quota_notices()
    assert direct.finance_code == "420281000"
    further = [PassDownLine(cluster=f"{ZENGDU}-01", to_division=ZENGDU, amount_fen=700 * WAN)]
    await office.pass_down(further, by=city_finance(SUIZHOU), reviewer=city_reviewer(SUIZHOU))
    change = await maker.propose_fund_order(
        "appropriation_change",
        appropriation=LINE,
        document_number=office.document(),
        document_date=TODAY,
        reason="调增",
        details={"direction": "increase", "amount_fen": WAN},
        key=key(),
    )
    assert (await reviewer.fund_order_prerequisites(change.number)).possible
    own = await maker.fund_order_prerequisites(change.number)
    assert {reason.rule for reason in own.reasons} == {"maker-cannot-check", "role-not-permitted"}
    assert (await maker.withdraw_fund_order(change.number, reason="重拟", key=key())).state == "withdrawn"
    orders = await auditor.fund_orders(appropriation=LINE)
    assert [(found.kind, found.state) for found in orders] == [
        ("appropriation", "approved"),
        ("award_list_number", "approved"),
        ("pass_down", "approved"),
        ("appropriation_change", "withdrawn"),
        ("pass_down", "approved"),
    ]
    assert len(await auditor.fund_orders(state="approved", kind="pass_down")) == 2


async def _planned_and_paid(office: Office) -> None:
    county, auditor = office[county_finance(DAYE)], office[AUDITOR]
    project = await county.register_budget_project(
        code="DY-1",
        appropriation=LINE,
        cluster=f"{DAYE}-01",
        name="公共服务平台",
        unit="平台建设单位",
        use="public_service_platform",
        amount_fen=700 * WAN,
        key=key(),
    )
    assert await auditor.budget_projects() == [project] == await county.budget_projects()
    await _plan_changed(office)
    rows = [
        PaymentRow(
            bank_serial=serial, budget_project="DY-1", requested_fen=asked, actual_fen=paid, paid_on=TODAY
        )
        for serial, asked, paid in (("S1", 400 * WAN, 300 * WAN), ("S2", 100 * WAN, 100 * WAN))
    ]
    batch = await county.import_payments(
        rows, file_number="F1", control_count=2, control_total_fen=400 * WAN, key=key()
    )
    assert (batch.payments, batch.total_fen) == (2, 400 * WAN)
    back = await county.record_payment_return(
        "S2", return_serial="R1", amount_fen=100 * WAN, returned_on=TODAY, reason="账号有误", key=key()
    )
    assert (back.returned_fen, back) == (100 * WAN, await county.payment("S2"))
    assert [(paid.bank_serial, paid.actual_fen) for paid in await county.payments()] == [
        ("S1", 300 * WAN),
        ("S2", 100 * WAN),
    ]
    (progress,) = [line for line in await auditor.spending(appropriation=LINE) if line.division == DAYE]
    assert (progress.received_fen, progress.planned_fen, progress.paid_fen) == (
        700 * WAN,
        700 * WAN,
        300 * WAN,
    )
    assert str(progress.spent_share) == "0.4286"


async def _plan_changed(office: Office) -> None:
    """Split, closed and enlarged again: at the end the first project plans all."""
    county = office[county_finance(DAYE)]
    part = {"code": "DY-2", "name": "检测中心", "unit": "检测公司", "use": "technology_platform"}
    split = await county.split_budget_project(
        "DY-1", parts=[{**part, "amount_fen": 200 * WAN}], reason="分期建设", key=key()
    )
    assert (split.amount_fen, split.state, split.steps[0].action) == (500 * WAN, "open", "split")
    closed = await county.close_budget_project("DY-2", reason="不再建设", key=key())
    assert (closed.amount_fen, closed.state, closed.split_from) == (0, "closed", "DY-1")
    changed = await county.change_budget_project(
        "DY-1", changes={"amount_fen": 700 * WAN}, reason="恢复原计划", key=key()
    )
    assert changed == await county.budget_project("DY-1")
    assert [(step.before, step.after) for step in changed.steps] == [
        ({"amount_fen": 700 * WAN}, {"amount_fen": 500 * WAN}),
        ({"amount_fen": 500 * WAN}, {"amount_fen": 700 * WAN}),
    ]


async def _reconciled(office: Office) -> None:
    content = "流水号,金额(元),支付日期\nS1,3000000.00,2024-10-08\nS3,5.00,2024-10-08\n".encode()
    found = await office[county_finance(DAYE)].reconcile_payments(content, from_day=TODAY, to_day=TODAY)
    assert found.matched == 1
    assert {(entry.bank_serial, entry.kind) for entry in found.differences} == {
        ("S2", "only_here"),
        ("S3", "only_in_file"),
        ("R1", "only_here"),
    }
    assert (found.file.net_fen, found.recorded.net_fen) == (300 * WAN + 500, 300 * WAN)
    assert await office[AUDITOR].reconciliation(found.id) == found
    (kept,) = await office[AUDITOR].reconciliations(county=DAYE, from_day=TODAY, to_day=TODAY, after=0)
    assert (kept.id, kept.difference_count) == (found.id, 3)
    assert [paid.bank_serial for paid in await office[AUDITOR].payments(county=DAYE, file_number="F1")] == [
        "S1",
        "S2",
    ]


async def _closed(office: Office, code: str) -> None:
    """What is left of every quota is withdrawn in one bundle; then nothing stands against closing."""
    maker, reviewer, auditor = office[FINANCE_MAKER], office[FINANCE_REVIEWER], office[AUDITOR]
    stands = await maker.round_prerequisites(code, step="closing")
    assert {reason.rule for reason in stands.reasons} == {"nothing-left"}
    numbers = [
        (
            await maker.propose_fund_order(
                "recovery",
                appropriation=LINE,
                document_number=office.document(),
                document_date=TODAY,
                reason="年末未支出",
                details={
                    "cluster": line.cluster,
                    "division": line.division,
                    "method": "quota_withdrawn",
                    "ground": "unspent",
                    "amount_fen": line.held_fen,
                    "plan_cuts": [{"budget_project": "DY-1", "planned_fen": 300 * WAN}]
                    if line.division == DAYE
                    else [],
                },
                key=key(),
            )
        ).number
        for line in await auditor.spending(appropriation=LINE)
        if line.held_fen
    ]
    approved = await reviewer.review_fund_orders(numbers, decision="approve", minutes="同意", key=key())
    assert {order.state for order in approved} == {"approved"}
    assert (await maker.close_round(code, note="办结", key=key())).state == "closed"


async def _books_are_read(office: Office) -> None:
    auditor = office[AUDITOR]
    (sums,) = [entry for entry in await auditor.ledger_summary(fiscal_year=2024) if entry.key == LINE]
    paid = sums.of("paid")
    assert (paid.debits_fen, paid.credits_fen, paid.closing_fen) == (400 * WAN, 100 * WAN, 300 * WAN)
    assert sums.of("carried_over").closing_fen == 0
    assert await auditor.ledger_summary(by="source", to_day=date(2024, 10, 7)) == []
    account = next(entry for entry in await auditor.accounts(appropriation=LINE) if entry.purpose == "paid")
    lines = await auditor.statement(account.code)
    assert [line.amount_fen for line in lines] == [300 * WAN, 100 * WAN, -100 * WAN]
    asked = await auditor.balance(account.code, effective_at=TODAY, recorded_at=lines[1].recorded_at)
    assert asked.balance_fen == 400 * WAN
    (transfer,) = [row for row in await auditor.transfers() if row.id == lines[2].transfer_id]
    assert transfer == await auditor.transfer(transfer.id)
    assert {line.amount_fen for line in transfer.lines} == {100 * WAN, -100 * WAN}
    assert 'option "operating_currency"' in await auditor.ledger_export(fiscal_year=2024)
    proof = await auditor.ledger_proof()
    seal = await office[PIPELINE].seal_ledger(key=key())
    assert (proof.sound, seal.total_transfers) == (True, proof.transfers)
    assert await auditor.ledger_seals() == [seal]
    assert (await auditor.verify_seal(seal.number)).sound


async def _opened_and_reversed(office: Office) -> None:
    """A line of before the system, with one award that is spent already."""
    maker, auditor = office[FINANCE_MAKER], office[AUDITOR]
    line = await maker.record_appropriation(
        appropriation="2024-before",
        programme=PROGRAMME,
        fiscal_year=2024,
        source="incentive_fund",
        amount_fen=500 * WAN,
        document_number=office.document(),
        document_date=TODAY,
        reason="登记预算安排",
        key=key(),
    )
    await office.approve(line.number)
    award = Earlier(DAYE, (0, 0, 0, 300 * WAN, 0, 0), document_date=TODAY.isoformat())
    proposed = await maker.propose_opening(
        as_csv(award.row()),
        appropriation="2024-before",
        assessment_year=2023,
        purpose="incentive",
        document_number=office.document(),
        document_date=TODAY,
        reason="系统启用前已办理",
        key=key(),
    )
    assert (proposed.kind, (await office.approve(proposed.number)).state) == ("opening", "approved")
    opened = await auditor.opening(proposed.number)
    assert (opened.total_fen, opened.awards[0].paid_fen) == (300 * WAN, 300 * WAN)
    assert await auditor.openings() == [opened]
    back = await maker.propose_opening_reversal(
        proposed.number,
        document_number=office.document(),
        document_date=TODAY,
        reason="录入有误",
        key=key(),
    )
    assert (await office.approve(back.number)).kind == "opening_reversal"
    assert (await auditor.opening(proposed.number)).reversed_by == back.number


async def _priority_is_applied_for(office: Office, below: BelowFunding) -> None:
    release = release_of()
    below.designate(designations_of(release))
    project = {
        "code": "2409-420281-04-01-100001",
        "name": "园区基础设施",
        "county_code": DAYE,
        "cluster": f"{DAYE}-01",
        "unit": "大冶城投",
        "investment_fen": 50_000 * WAN,
        "use": "cluster_infrastructure",
        "revenue_cover": "1.35",
        "approvals": [],
    }
    county, officer = office[county_preparer(DAYE)], office[PROVINCE_OFFICER]
    below.register(project)
    registered = await county.register_project(project, key=key())
    assert [registered] == await county.projects()
    assert registered == await county.project(registered.code)
    await office[PIPELINE].advance_business_date(PUBLIC)
    rules = await officer.publish_incentive_rules(programme.newest_incentive(), key=key())
    listed = await officer.apply_priority(
        incentive=rules.incentive,
        incentive_version=rules.version,
        instrument="special_purpose_bond",
        release_sha256=release.sha256,
        projects=[registered.code],
        key=key(),
    )
    assert [entry.test for entry in listed.entries] == ["refused"]
    assert await officer.priority_list("special_purpose_bond", release_sha256=release.sha256) == listed


async def _listed_before_and_reversed(office: Office, below: BelowFunding) -> None:
    """A project that had priority before the system."""
    maker, auditor, release = office[FINANCE_MAKER], office[AUDITOR], release_of()
    below.put(release)
    below.register(
        {
            "code": "2301-420281-04-01-100009",
            "name": "公共检测平台",
            "county_code": DAYE,
            "cluster": f"{DAYE}-01",
            "unit": "大冶城投",
            "investment_fen": 30_000 * WAN,
        }
    )
    content = as_csv(listed_before("2301-420281-04-01-100009"), heading=LISTINGS_HEADING)
    proposed = await maker.propose_earlier_listings(
        content, programme=PROGRAMME, reason="系统启用前已列入", key=key()
    )
    assert (proposed.kind, (await office.approve(proposed.number)).state) == ("earlier_listings", "approved")
    shown = await auditor.priority_list(BOND, release_sha256=release.sha256)
    (entry,) = shown.before_the_system
    assert (entry.unit, entry.standing, entry.valid_to) == ("大冶城投", "listed", date(2025, 6, 2))
    back = await maker.propose_listings_reversal(proposed.number, reason="录入有误", key=key())
    assert (await office.approve(back.number)).kind == "earlier_listings_reversal"
    assert not (await auditor.priority_list(BOND, release_sha256=release.sha256)).before_the_system


async def test_a_command_sent_again_with_its_key_is_answered_the_same(
    office: Office, below_funding: BelowFunding
) -> None:
    await issued(office, below_funding)
    lines, document, command = await quota_lines(office), office.document(), key()

    async def propose() -> FundOrderView:
        return await office[FINANCE_MAKER].pass_down(
            lines,
            appropriation=LINE,
            document_number=document,
            document_date=TODAY,
            deadline=DEADLINE,
            reason="下达指标",
            key=command,
        )

    first = await propose()
    assert await propose() == first
    orders = await office[AUDITOR].fund_orders(kind="pass_down")
    assert [order.number for order in orders] == [first.number]


async def test_every_reason_against_an_order_reaches_the_caller(
    office: Office, below_funding: BelowFunding
) -> None:
    await issued(office, below_funding)
    lines = [
        PassDownLine(cluster=f"{DAYE}-01", to_division=DAYE, amount_fen=701 * WAN),
        PassDownLine(cluster=f"{ZENGDU}-01", to_division=ZENGDU, amount_fen=700 * WAN),
    ]
    with pytest.raises(ServiceProblem) as refused:
        await office.pass_down(lines)
    assert (refused.value.status, refused.value.code) == (409, "fund-order-not-possible")
    assert [item.rule for item in refused.value.items] == ["next-level", "money-not-available"]


async def test_a_payment_file_with_a_wrong_control_total_is_refused_and_nothing_is_paid(
    office: Office, below_funding: BelowFunding
) -> None:
    await issued(office, below_funding)
    await office.pass_down(await quota_lines(office))
    county = office[county_finance(DAYE)]
    row = PaymentRow(bank_serial="S1", budget_project="DY-1", requested_fen=1, actual_fen=1, paid_on=TODAY)
    with pytest.raises(ServiceProblem) as refused:
        await county.import_payments([row], file_number="F1", control_count=1, control_total_fen=2, key=key())
    assert (refused.value.status, [item.rule for item in refused.value.items]) == (422, ["control-total"])
    assert await county.payments() == []
