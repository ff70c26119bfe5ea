"""People with typed clients of funding, and which of the service's operations their calls reach."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import httpx

from services.funding.domain.orders.quota_path import next_division
from shared.http.funding import FundingClient
from shared.http.funding.fund_orders import FundOrderView, PassDownLine
from tests.support import programme
from tests.support.funding import (
    CLUSTERS,
    CODES,
    INCENTIVE,
    PROGRAMME,
    WAN,
    BelowFunding,
    designations_of,
    key,
    release_of,
)
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, HUBEI, PROVINCE_OFFICER, Person
from tests.support.services import RunningService, routes_of

LINE, TODAY, DEADLINE = "2024-incentive", date(2024, 10, 8), date(2024, 12, 31)


@dataclass
class Reached(httpx.AsyncBaseTransport):
    """Passes calls on to the service and keeps which operations they were."""

    service: RunningService
    operations: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.below = self.service.transport
        self.templates = [
            (method, path, re.compile(re.sub(r"\{[^}]*\}", "[^/]+", path)))
            for method, path in routes_of(self.service.app)
        ]

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        reached = next(
            (method, path)
            for method, path, pattern in self.templates
            if method == request.method and pattern.fullmatch(request.url.path)
        )
        self.operations.add(reached)
        return await self.below.handle_async_request(request)


@dataclass
class Office:
    """A client for each person; documents are numbered as they come."""

    reached: Reached
    documents: int = 0

    def __getitem__(self, person: Person) -> FundingClient:
        token = self.reached.service.token_source(person)
        return FundingClient("http://funding", token, attempts=1, transport=self.reached)

    def document(self) -> str:
        self.documents += 1
        return f"鄂财测〔2024〕{self.documents}号"

    async def pass_down(
        self,
        lines: Sequence[PassDownLine],
        *,
        by: Person = FINANCE_MAKER,
        reviewer: Person = FINANCE_REVIEWER,
    ) -> FundOrderView:
        proposed = await self[by].pass_down(
            lines,
            appropriation=LINE,
            document_number=self.document(),
            document_date=TODAY,
            deadline=DEADLINE,
            reason="下达指标",
            performance_targets="全部用于平台建设",
            key=key(),
        )
        assert (proposed.state, proposed.transfer_id, proposed.quota()) == ("proposed", None, list(lines))
        return await self.approve(proposed.number, reviewer=reviewer)

    async def approve(self, number: str, *, reviewer: Person = FINANCE_REVIEWER) -> FundOrderView:
        (approved,) = await self[reviewer].review_fund_orders(
            [number], decision="approve", minutes="同意", key=key()
        )
        return approved


async def opened(office: Office, below: BelowFunding) -> str:
    """A round in draft on a final release; its rules are published and its line is recorded."""
    release = release_of()
    below.put(release)
    below.designate(designations_of(release))
    await office[PROVINCE_OFFICER].publish_incentive_rules(programme.document("incentive"), key=key())
    proposed = await office[FINANCE_MAKER].record_appropriation(
        appropriation=LINE,
        programme=PROGRAMME,
        fiscal_year=2024,
        source="incentive_fund",
        amount_fen=8_000 * WAN,
        document_number=office.document(),
        document_date=TODAY,
        budget_approved_on=TODAY,
        codes=CODES,
        reason="登记预算安排",
        key=key(),
    )
    await office.approve(proposed.number)
    recorded = await office[AUDITOR].appropriation(LINE)
    assert (recorded.budget_approved_on, recorded.codes) == (TODAY, CODES)
    made = await office[PROVINCE_OFFICER].open_round(
        appropriation=LINE,
        incentive=INCENTIVE[0],
        incentive_version=INCENTIVE[1],
        release_sha256=release.sha256,
        key=key(),
    )
    return made.code


async def issued(office: Office, below: BelowFunding) -> str:
    """The code of a round whose list has its document number; nothing of it is passed down."""
    code = await opened(office, below)
    officer, maker = office[PROVINCE_OFFICER], office[FINANCE_MAKER]
    await officer.allocate(code, key=key())
    await officer.propose(code, note="按规则提出", key=key())
    (reviewed,) = await office[FINANCE_REVIEWER].review_rounds(
        [code], decision="approve", minutes="纪要", key=key()
    )
    assert reviewed.state == "reviewed"
    listed = await maker.issue(code, key=key())
    written = await maker.write_back_document_number(
        listed.list_number,
        document_number=office.document(),
        document_date=TODAY,
        reason="登记名单文号",
        key=key(),
    )
    await office.approve(written.number)
    return code


async def quota_lines(office: Office) -> list[PassDownLine]:
    """All awards, each to the next level: a district's to its city."""
    paths = {county: [part for part in (HUBEI, city, county) if part] for county, city, _ in CLUSTERS}
    return [
        PassDownLine(
            cluster=award.cluster,
            to_division=next_division(paths[award.county_code], HUBEI) or "",
            amount_fen=award.amount_fen,
        )
        for award in await office[AUDITOR].awards(fiscal_year=2024)
    ]
