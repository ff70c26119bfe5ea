"""A cycle on the real services in process: three clusters, the people who act at the services, and the loop."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from clients.pipeline.domain.states import CycleState, GateKind, Outcome, StageState, Verdict
from clients.pipeline.loop.pipeline import Pipeline
from clients.pipeline.stages.all import STAGES
from clients.pipeline.stages.services import HttpServices
from clients.pipeline.storage.effects import Effect, effects_of
from clients.pipeline.storage.stages import StageRow
from clients.pipeline.use_cases.go_back import go_back
from services.scoring.use_cases.releases.analyse_robustness import work_once as analyse
from shared.http.funding import FundingClient
from shared.http.funding.awards import IssuedAwardView
from shared.http.funding.fund_orders import FinanceDivisionView, PassDownLine
from shared.http.funding.payments import PaymentRow
from shared.http.registry import RegistryClient
from shared.http.scoring import ScoringClient
from tests.support import programme
from tests.support.designations import designated
from tests.support.funding import CODES, INCENTIVE, PROGRAMME, key
from tests.support.money import city_finance, county_finance
from tests.support.money import city_reviewer as city_finance_reviewer
from tests.support.people import (
    EVALUATOR,
    FINANCE_MAKER,
    FINANCE_REVIEWER,
    PIPELINE,
    PROVINCE_DECIDER,
    PROVINCE_OFFICER,
    Person,
    city_reviewer,
    county_preparer,
    county_signer,
    source_department,
)
from tests.support.pipeline.story import Story
from tests.support.registry_story import (
    ROUND,
    SUIZHOU,
    TIANMEN,
    ZENGDU,
    RegistryStory,
    ok,
    plausible_content,
    set_business_date,
    value,
)
from tests.support.scoring import SOMEBODY
from tests.support.services import RunningService

_HELD = timedelta(minutes=1)
LINE, QIANJIANG = "2024-incentive-fund", "429005"
#: County, its city, the cluster's name, operating revenue of the year and of the one before.
WORLD = (
    (ZENGDU, SUIZHOU, "专用车产业集群", "4140000", "3800000"),
    (TIANMEN, None, "医药产业集群", "2900000", "2500000"),
    (QIANJIANG, None, "小龙虾产业集群", "190000", "180000"),  # below what a designation takes
)

APPLICATIONS, RETURNS = ("applications", ROUND), ("annual-returns", "2024-assessment")


def content(revenue: str, before: str) -> dict[str, Any]:
    filed = plausible_content(revenue=revenue)
    for entry in filed["values"]:
        if (entry["indicator"], entry["data_year"]) == ("operating_revenue", 2022):
            entry["value"] = before
    return filed


@dataclass
class RealYear:
    """``acts``: what people do where a stage waits for them, by its code; a test puts others in their place."""

    story: Story
    registry: RunningService
    scoring: RunningService
    funding: RunningService
    holders: frozenset[str] = frozenset()  # counties whose cluster holds a designation
    filings: dict[str, str] = field(default_factory=dict)  # by county: applications/... or annual-returns/...
    acts: dict[str, Callable[[], Awaitable[None]]] = field(default_factory=dict)
    acted: dict[str, date] = field(default_factory=dict)
    told: dict[str, list[str]] = field(
        default_factory=dict
    )  # why each waited for people, when they first acted

    def __post_init__(self) -> None:
        self.services = HttpServices(self.records(PIPELINE), self.scores(PIPELINE), self.money(PIPELINE))
        self.acts |= {
            "publish_rules": self.publish, "on_site_check": self.check, "department_check": self.accept,
            "freeze_snapshot": self.agree, "decide": self.decide, "approve_designations": self.designate,
            "open_round": self.record_line, "propose_allocation": self.agree, "review": self.review,
            "issue": self.issue, "pass_down": self.pass_down, "county_projects": self.plan_and_pay, "close": self.close,
        }  # fmt: skip

    def worker(self) -> Pipeline:
        return self.story.worker(
            services=self.services, send=self.services.send, rounds=self.services.rounds, stages=STAGES
        )

    def _all(self) -> tuple[RunningService, ...]:
        return self.registry, self.scoring, self.funding

    def records(self, person: Person) -> RegistryClient:
        return RegistryClient(
            "http://registry", self.registry.token_source(person), transport=self.registry.transport
        )

    def scores(self, person: Person) -> ScoringClient:
        return ScoringClient(
            "http://scoring", self.scoring.token_source(person), transport=self.scoring.transport
        )

    def money(self, person: Person) -> FundingClient:
        return FundingClient(
            "http://funding", self.funding.token_source(person), transport=self.funding.transport
        )

    async def go_to(self, day: date) -> None:
        self.story.today = day
        for service in self._all():
            await set_business_date(service, day.isoformat())

    async def play(self, *, until: str | None = None) -> None:
        """To the year's end, or to where this stage has begun to wait."""
        pipeline = self.worker()
        for _ in range(300):
            outcome = await self.story.tick(pipeline)
            stages = await self.story.stages()
            if (await self.story.cycle()).state is CycleState.CLOSED:
                return
            if until is not None and stages[until].reasons:
                return
            waiting = {code: row.reasons for code, row in stages.items() if row.reasons}
            if outcome is Outcome.WAITS_FOR_DATE:
                days = [
                    reason["until"] for reasons in waiting.values() for reason in reasons if reason["until"]
                ]
                await self.go_to(min(date.fromisoformat(day) for day in days))
            elif outcome is Outcome.WAITS_FOR_PERSON:
                await self._act(waiting)
            else:
                assert outcome is Outcome.ADVANCED, (outcome, waiting, _problems(stages))
                await analyse(self.scoring.database, held=_HELD)
        raise AssertionError({code: (row.state, row.reasons) for code, row in stages.items()})

    async def _act(self, waiting: Mapping[str, Any]) -> None:
        """Of those that wait, the first in the order of ``acts``."""
        code = next(code for code in self.acts if code in waiting)
        self.acted[code] = self.story.today
        self.told.setdefault(code, [reason["zh"] for reason in waiting[code]])
        await self.acts[code]()

    async def effects(self) -> list[Effect]:
        cycle = await self.story.cycle()
        async with self.story.database.transaction() as session:
            return await effects_of(session, cycle.id)

    async def turns(self) -> dict[str, int]:
        return {
            code: row.turn
            for code, row in (await self.story.stages()).items()
            if row.state is StageState.DONE
        }

    async def result(self, stage: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = (await self.story.stages())[stage].result
        return found

    async def agree(self) -> None:
        """The decider, at the pipeline."""
        for gate in await self.story.gates():
            if gate.kind is GateKind.OWN:
                await self.story.decide(PROVINCE_DECIDER, gate, Verdict.APPROVE)

    async def publish(self) -> None:
        scheme, rules = programme.document("scheme"), programme.document("incentive")
        await self.scores(PROVINCE_OFFICER).draft_scheme(scheme, key=key())
        await self.scores(PROVINCE_DECIDER).publish_scheme(scheme["id"], scheme["version"], key=key())
        await self.money(PROVINCE_OFFICER).publish_incentive_rules(rules, key=key())

    async def file(self) -> None:
        """Every county prepares and signs off, and the city recommends: an application, or a holder's annual return."""
        for county, city, name, revenue, before in WORLD:
            story = RegistryStory(self.registry, county=county, city=city)
            cluster = ok(await story.register(name))["code"]
            kind, round_code = APPLICATIONS
            if county in self.holders:
                await designated(self.registry, cluster, since="2024-06-01")
                kind, round_code = RETURNS
            body = {"round": round_code, "cluster": cluster, **content(revenue, before)}
            filed = ok(await story.post(county_preparer(county), f"/v1/{kind}", body))
            self.filings[county] = f"{kind}/{filed['code']}"
            await self._step(
                county_signer(county), county, "sign-off", {"content_hash": filed["content_hash"]}
            )
            if city is not None:
                await self._step(city_reviewer(city), county, "recommendation", {"note": "同意推荐"})

    async def _step(self, person: Person, county: str, step: str, body: Any) -> None:
        path = f"/v1/{self.filings[county]}/{step}"
        ok(await RegistryStory(self.registry).post(person, path, body))

    async def check(self) -> None:
        body = {
            "indicator": "operating_revenue",
            "data_year": 2023,
            "confirmed": "4140000",
            "note": "账实相符",
        }
        await self._step(EVALUATOR, ZENGDU, "on-site-checks", body)

    async def accept(self) -> None:
        """The departments confirm, the province accepts."""
        story = RegistryStory(self.registry)
        for kind in sorted({filing.partition("/")[0] for filing in self.filings.values()}):
            codes = [filing.partition("/")[2] for filing in self.filings.values() if filing.startswith(kind)]
            for department in story.departments:
                person = source_department(department)
                ok(await story.post(person, f"/v1/{kind}/confirmations", {"codes": codes}))
            ok(await story.post(PROVINCE_OFFICER, f"/v1/{kind}/acceptances", {"codes": codes}))

    async def assessments(self) -> list[str]:
        return list((await self.result("assess"))["assessments"].values())

    async def assessment(self) -> str:
        (found,) = await self.assessments()
        return found

    async def decide(self) -> None:
        decider = self.scores(PROVINCE_DECIDER)
        for place, code in enumerate(await self.assessments(), start=1):
            found = await decider.assessment(code)
            number = f"纪要〔2024〕{10 * place + len(found.releases)}号"
            await decider.decide(
                found.id, release_sha256=found.current_sha256, document_number=number, decided_on=self.story.today,
                minutes="审定", key=key(),
            )  # fmt: skip

    async def object(self) -> None:
        """Somebody, within the notice days: the smallest cluster's revenue is said to be too low."""
        await self.scores(SOMEBODY).file_objection(
            await self.assessment(), unit=f"{ZENGDU}-01", statement="潜江的营业收入漏计", objector_name="张三",
            objector_contact="13800000000", key=key(),
        )  # fmt: skip

    async def uphold(self) -> None:
        """The figure is restated, so that a cluster more stands on the list."""
        records, revenue = self.records(PROVINCE_OFFICER), value("operating_revenue", 2023, "230000")
        await records.restate_filing(
            "applications",
            self.filings[QIANJIANG].partition("/")[2],
            reason="漏计",
            values=[revenue],
            key=key(),
        )
        snapshot = await records.freeze_snapshot(ROUND, key=key())
        await self.scores(PROVINCE_OFFICER).uphold_by_correction(
            await self.assessment(), 1, reason="营业收入漏计", snapshot_sha256=snapshot.sha256, key=key()
        )

    async def designate(self) -> None:
        code = (await self.result("propose_designations"))["decision"]
        await self.records(PROVINCE_DECIDER).approve_designations(
            code, minutes="同意", document_number="鄂发改县域〔2024〕200号", key=key()
        )

    async def reject_designations(self) -> None:
        code = (await self.result("propose_designations"))["decision"]
        body, keyed = {"minutes": "名单有误"}, {"Idempotency-Key": key()}
        async with self.registry.as_(PROVINCE_DECIDER) as client:
            ok(await client.post(f"/v1/designation-decisions/{code}/rejection", json=body, headers=keyed))

    async def send_back(self, to: str) -> None:
        """The officer, at the pipeline."""
        irrevocable = {code for code, stage in STAGES.items() if stage.irrevocable}
        async with self.story.database.transaction() as session:
            await go_back(
                session, PROVINCE_OFFICER.principal, PROGRAMME, 2024, to, reason="重新提出", irrevocable=irrevocable,
                today=self.story.today,
            )  # fmt: skip

    async def record_line(self) -> None:
        order = await self.money(FINANCE_MAKER).record_appropriation(
            appropriation=LINE, programme=PROGRAMME, fiscal_year=2024, source="incentive_fund",
            amount_fen=8_000_000_000, document_number="鄂财预〔2024〕18号", document_date=self.story.today,
            budget_approved_on=self.story.today, codes=CODES, reason="登记预算安排", key=key(),
        )  # fmt: skip
        await self._approve(order.number, FINANCE_REVIEWER)

    async def open_round(self) -> None:
        """The officer, by hand."""
        (release,) = (await self.result("finalise"))["releases"].values()
        await self.money(PROVINCE_OFFICER).open_round(
            appropriation=LINE,
            incentive=INCENTIVE[0],
            incentive_version=INCENTIVE[1],
            release_sha256=release,
            key=key(),
        )

    async def review(self) -> None:
        await self.money(FINANCE_REVIEWER).review(
            await self.round(), decision="approve", minutes="纪要", key=key()
        )

    async def reject_list(self) -> None:
        reviewer, code = self.money(FINANCE_REVIEWER), await self.round()
        await reviewer.review(code, decision="reject", minutes="请补充说明", key=key())

    async def round(self) -> str:
        return str((await self.result("open_round"))["round"])

    async def issue(self) -> None:
        maker = self.money(FINANCE_MAKER)
        issued = await maker.issue(await self.round(), key=key())
        order = await maker.write_back_document_number(
            issued.list_number, document_number="鄂财建发〔2024〕88号", document_date=self.story.today,
            reason="登记名单文号", key=key(),
        )  # fmt: skip
        await self._approve(order.number, FINANCE_REVIEWER)

    async def pass_down(self) -> None:
        """First to the next level; asked again, what a city holds to its district."""
        maker, cities = self.money(FINANCE_MAKER), {county: city for county, city, *_ in WORLD}
        awards = await maker.awards(fiscal_year=2024)
        held = {row.division for row in await maker.spending(appropriation=LINE)}
        if not held:
            counties = {own.county_code for own in awards}
            codes = sorted(counties | {cities[county] or county for county in counties})
            rows = [
                FinanceDivisionView(division_code=code, finance_code=f"{code}000", name=code)
                for code in codes
            ]
            named = await maker.name_finance_divisions(rows, reason="登记财政编码", key=key())
            await self._approve(named.number, FINANCE_REVIEWER)
            lines = [_line(own, cities[own.county_code] or own.county_code) for own in awards]
            await self._order(FINANCE_MAKER, FINANCE_REVIEWER, lines, "鄂财建发〔2024〕90号")
            return
        lines = [_line(own, own.county_code) for own in awards if cities[own.county_code] in held]
        await self._order(city_finance(SUIZHOU), city_finance_reviewer(SUIZHOU), lines, "随财建发〔2024〕9号")

    async def plan_and_pay(self) -> None:
        for own in await self.money(FINANCE_MAKER).awards(fiscal_year=2024):
            county = self.money(county_finance(own.county_code))
            await county.register_budget_project(
                code=f"YS-{own.cluster}", appropriation=LINE, cluster=own.cluster, name="公共服务平台",
                unit="集群服务中心", use="public_service_platform", amount_fen=own.amount_fen, key=key(),
            )  # fmt: skip
            paid = PaymentRow(
                bank_serial=f"PAY-{own.cluster}", budget_project=f"YS-{own.cluster}", requested_fen=own.amount_fen,
                actual_fen=own.amount_fen, paid_on=self.story.today,
            )  # fmt: skip
            await county.import_payments(
                [paid],
                file_number=f"ZF-{own.cluster}",
                control_count=1,
                control_total_fen=own.amount_fen,
                key=key(),
            )

    async def close(self) -> None:
        await self.money(FINANCE_MAKER).close_round(await self.round(), note="办结", key=key())

    async def _order(self, maker: Person, reviewer: Person, lines: list[PassDownLine], number: str) -> None:
        order = await self.money(maker).pass_down(
            lines, appropriation=LINE, document_number=number, document_date=self.story.today,
            deadline=date(2024, 12, 31), reason="下达指标", performance_targets="用于平台建设", key=key(),
        )  # fmt: skip
        await self._approve(order.number, reviewer)

    async def _approve(self, number: str, reviewer: Person) -> None:
        await self.money(reviewer).review_fund_orders([number], decision="approve", minutes="纪要", key=key())


def _line(award: IssuedAwardView, to_division: str) -> PassDownLine:
    return PassDownLine(cluster=award.cluster, to_division=to_division, amount_fen=award.amount_fen)


def _problems(stages: Mapping[str, StageRow]) -> dict[str, Any]:
    return {code: row.problem for code, row in stages.items() if row.problem}
