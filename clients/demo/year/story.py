"""The whole story. Each step is keyed or looks at the state first: after a kill it is simply run again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clients.demo import calendar
from clients.demo.cast import AUDITOR, DECIDER, OFFICER, Cast
from clients.demo.chance import Chance
from clients.demo.counties.applicants import DESIGNATED, ZENGDU, choose_applicants
from clients.demo.counties.figures import FigureMaker
from clients.demo.journal import Journal
from clients.demo.result import AwardRow, DemoResult, LedgerProof, PassedDown, PriorityRow, RankingRow
from clients.demo.year.assessment import Assessing, FinalRelease
from clients.demo.year.filing import FiledApplication, FilingSeason
from clients.demo.year.funding_year import FundingYear, IssuedList
from clients.demo.year.passing_down import PassingDown
from clients.local.errors import LocalError
from clients.programme.folder import ProgrammeFolder
from clients.programme.loading import load_funding, load_registry, load_scoring
from shared.contracts.designation_set import DesignationSet
from shared.http.funding.ledger import LedgerProofView
from shared.http.funding.projects import PriorityListView
from shared.text.money import FEN_PER_WAN

ROUND = "2024-application"


@dataclass(frozen=True)
class Money:
    """What came of the release: the issued list, bond priority, what went down, and the ledger's own proof."""

    issued: IssuedList
    priority: PriorityListView
    passed_down: PassedDown
    proof: LedgerProofView


class DemoDoesNotFit(LocalError):
    """The data folder holds something else, or the result is not what is known of 2024."""


@dataclass(frozen=True)
class Story:
    """Plays the year on running services."""

    cast: Cast
    journal: Journal
    folder: ProgrammeFolder
    seed: int

    async def play(self) -> DemoResult:
        key = f"demo:{self.seed}"
        data_year = self.folder.round(ROUND)["data_year"]
        self.journal.step("发布计划、评估方案、激励规则", "publish the rules")
        await self.cast.advance_to(calendar.PUBLISHED_ON)
        await self._load(key)

        self.journal.step("县级申报、市级推荐", "counties apply")
        chance = Chance(self.seed)
        maker = FigureMaker(self.folder, chance, data_year=data_year)
        filings = maker.make(choose_applicants(self.folder, chance))
        season = FilingSeason(
            self.cast,
            self.journal,
            programme=self.folder.programme["programme"],
            round_code=ROUND,
            key=key,
            city_of=self._cities(),
        )
        applications = await season.file_all(filings)

        self.journal.step("部门确认、省级审核通过", "departments confirm")
        await season.confirm_and_accept(applications, self._departments())

        assessing = Assessing(self.cast, self.journal, self.folder, round_code=ROUND, key=key)
        self.journal.step("冻结快照、评估打分", "snapshot, scores")
        assessment = await assessing.assess()
        self.journal.step("审定、公示7天", "decision, notice")
        await assessing.decide_and_publish(assessment)
        self.journal.step("处理异议", "objections")
        await assessing.hear_objections(assessment, applications, maker)
        self.journal.step("再次审定公示、公布、认定", "final, designation")
        final = await assessing.finish(assessment)
        await assessing.designate(final)
        designations = await self.cast.registry(OFFICER).designation_set(
            final.document.programme, as_of=calendar.DESIGNATED_ON
        )

        money = await self._fund(final, key)
        result = self._result(final, applications, money, designations)
        check_known_facts(result)
        return result

    async def _fund(self, final: FinalRelease, key: str) -> Money:
        """From the final release to what the counties' treasuries paid."""
        self.journal.step("分配激励资金、复核、下达", "money")
        year = FundingYear(self.cast, self.folder, key=key)
        issued = await year.share(final)
        passing = PassingDown(self.cast, self.journal, self.folder, key=key)
        self.journal.step("逐级下达指标", "quota goes down")
        quotas = await passing.pass_down(issued.award_list)
        self.journal.step("列入县级预算项目", "budget projects")
        await passing.plan(quotas)
        self.journal.step("国库支付、退回", "treasury payments")
        await passing.pay(quotas)
        self.journal.step("专项债券优先项目", "bond priority")
        await self.cast.advance_to(calendar.PRIORITY_ON)
        await load_funding(self.cast.funding(OFFICER), self.folder, key=key, on=calendar.PRIORITY_ON)
        priority = await year.bond_priority(final)
        proof = await self.cast.funding(AUDITOR).ledger_proof()
        return Money(issued, priority, await passing.result(quotas), proof)

    async def _load(self, key: str) -> None:
        await load_registry(self.cast.registry(OFFICER), self.folder, on=calendar.PUBLISHED_ON)
        await load_scoring(self.cast.scoring(OFFICER), self.cast.scoring(DECIDER), self.folder, key=key)
        await load_funding(self.cast.funding(OFFICER), self.folder, key=key, on=calendar.PUBLISHED_ON)

    def _cities(self) -> dict[str, str | None]:
        province = {row["code"] for row in self.folder.divisions if row["level"] == "province"}
        return {
            row["code"]: None if row["parent_code"] in province else row["parent_code"]
            for row in self.folder.divisions
            if row["level"] == "county"
        }

    def _departments(self) -> list[str]:
        return sorted({entry["source_department"] for entry in self.folder.indicators["indicators"]})

    def _result(
        self,
        final: FinalRelease,
        applications: Sequence[FiledApplication],
        money: Money,
        designations: DesignationSet,
    ) -> DemoResult:
        """What the services say at the end; the demo adds nothing of its own but where a name comes from."""
        published = {entry.cluster for entry in applications if entry.filed.applicant.is_published}
        statuses = {entry.cluster: entry.status for entry in designations.designations}
        units = sorted(final.document.units, key=lambda unit: (unit.rank is None, unit.rank or 0, unit.unit))
        issued = money.issued.award_list
        return DemoResult(
            programme=final.document.programme,
            assessment_year=final.document.assessment_year,
            counties=sum(
                row["level"] == "county" and row["valid_to"] is None for row in self.folder.divisions
            ),
            clusters=len(units),
            release_id=final.id,
            release_sha256=final.sha256,
            ranking=tuple(
                RankingRow(
                    rank=unit.rank,
                    cluster=unit.unit,
                    name=unit.name,
                    county_code=unit.county_code,
                    county_name=unit.county_name,
                    score=unit.score,
                    grade=unit.grade,
                    outcome=statuses[unit.unit],
                    developing_well=unit.outcomes.developing_well,
                    is_published=unit.unit in published,
                )
                for unit in units
            ),
            pool_fen=issued.pool_fen,
            awards=tuple(AwardRow(row.cluster, row.rank, row.tier, row.amount_fen) for row in issued.awards),
            list_number=issued.list_number,
            document_number=money.issued.document_number,
            unallocated_fen=issued.unallocated_fen,
            unallocated_disposition=issued.unallocated_disposition,
            ledger=LedgerProof(money.proof.transfers, money.proof.debits_fen, money.proof.credits_fen),
            passed_down=money.passed_down,
            bond_priority=tuple(
                PriorityRow(
                    place=row.place,
                    project_code=row.project_code,
                    project=row.project,
                    county_code=row.county_code,
                    cluster=row.cluster,
                    use=row.use,
                    test=row.test,
                    reasons=tuple(reason.zh for reason in row.reasons),
                    valid_from=row.valid_from,
                    valid_to=row.valid_to,
                )
                for row in money.priority.entries
            ),
        )


def check_known_facts(result: DemoResult) -> None:
    """What is known of 2024 must come out: 29 designated, 曾都 5th with 700 万元, awards that add up to the pool."""
    designated = sum(row.outcome == "designated" for row in result.ranking)
    zengdu = next(row for row in result.ranking if row.county_code == ZENGDU)
    reward = next((row.amount_fen for row in result.awards if row.cluster == zengdu.cluster), 0)
    awarded = sum(row.amount_fen for row in result.awards)
    below = result.passed_down
    facts = (
        (designated == DESIGNATED, f"认定 {designated} 个", f"{designated} are designated"),
        (zengdu.rank == 5, f"曾都第 {zengdu.rank} 名", f"曾都 ranks {zengdu.rank}"),
        (reward == 700 * FEN_PER_WAN, f"曾都奖励 {reward} 分", f"曾都 gets {reward} fen"),
        (
            awarded + result.unallocated_fen == result.pool_fen,
            "奖励与资金池不符",
            "awards do not add up to the pool",
        ),
        (
            below.to_counties_fen + below.to_districts_fen == awarded
            and below.to_cities_fen == below.to_districts_fen,
            "下达与奖励不符",
            "what was passed down is not what was awarded",
        ),
        (
            below.left_fen == awarded - below.paid_fen + below.returned_fen,
            "未支付指标与支付不符",
            "what is left is not what was passed down less what was paid",
        ),
        (result.ledger.debits_fen == result.ledger.credits_fen, "账簿借贷不平", "debits and credits differ"),
    )
    wrong = [(zh, en) for holds, zh, en in facts if not holds]
    if wrong:
        raise DemoDoesNotFit(";".join(zh for zh, _ in wrong), "; ".join(en for _, en in wrong))
