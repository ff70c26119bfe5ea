"""The whole story. Each step is keyed or looks at the state first: after a kill it is simply run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from clients.demo import calendar
from clients.demo.cast import AUDITOR, DECIDER, OFFICER, Cast
from clients.demo.chance import Chance
from clients.demo.counties.applicants import DESIGNATED, ZENGDU, choose_applicants
from clients.demo.counties.figures import FigureMaker
from clients.demo.journal import Journal
from clients.demo.result import (
    AwardRow,
    DemoResult,
    LedgerProof,
    PassedDown,
    PriorityRow,
    RankingRow,
    Settled,
    StatusChange,
    YearResult,
)
from clients.demo.year.assessment import Assessing, FinalRelease
from clients.demo.year.director import Act, Director
from clients.demo.year.filing import FiledApplication, FilingSeason
from clients.demo.year.funding_year import FundingYear, IssuedList
from clients.demo.year.passing_down import PassingDown, Quota
from clients.demo.year.year_end import YearEnd
from clients.local.errors import LocalError
from clients.programme.folder import ProgrammeFolder
from clients.programme.loading import load_funding, load_registry, load_scoring
from shared.contracts.designation_set import DesignationSet
from shared.http.funding.ledger import LedgerProofView
from shared.http.funding.projects import PriorityListView
from shared.text.money import FEN_PER_WAN

ROUND = "2024-application"


YEAR = 2024


@dataclass(frozen=True)
class Money:
    """What came of the release: the list, bond priority, what went down, the year-end, and the ledger's own proof."""

    issued: IssuedList
    priority: PriorityListView
    passed_down: PassedDown
    settled: Settled
    proof: LedgerProofView


class DemoDoesNotFit(LocalError):
    """The data folder holds something else, or the result is not what is known of 2024."""


@dataclass(frozen=True)
class Story:
    """Plays the year on running services: the pipeline goes through its stages, and the people act where it waits."""

    cast: Cast
    journal: Journal
    folder: ProgrammeFolder
    seed: int

    async def play(self) -> DemoResult:
        await self.cast.advance_to(calendar.PUBLISHED_ON)
        await load_registry(self.cast.registry(OFFICER), self.folder, on=calendar.PUBLISHED_ON)
        plan = self.folder.cycle_plan(YEAR)
        await self.cast.pipeline(OFFICER).start_cycle(plan, key=f"{self._key}:cycle:{plan['version']}")
        people = People(self, self._key)
        director = Director(
            self.cast, self.journal, programme=self._programme, year=YEAR, acts=people.acts(),
            meanwhile=people.meanwhile(),
        )  # fmt: skip
        await director.play()

        final = await people.assessing.final()
        designations = await self.cast.registry(OFFICER).designation_set(
            final.document.programme, as_of=calendar.DESIGNATED_ON
        )
        year = self._result(final, people.published, await people.money(final), designations)
        check_known_facts(year)
        return DemoResult((year,), _changes(designations))

    @property
    def _key(self) -> str:
        return f"demo:{self.seed}"

    @property
    def _programme(self) -> str:
        return str(self.folder.programme["programme"])

    async def approve(self, stage: str) -> None:
        """The decider sees what is proposed at the pipeline, and agrees."""
        client = self.cast.pipeline(DECIDER)
        for gate in (await client.cycle(self._programme, YEAR)).gates:
            if gate.stage == stage and gate.kind == "own":
                await client.decide(
                    self._programme, YEAR, gate.id, verdict="approve", proposal_sha256=gate.proposal_sha256,
                    reason="同意(演示)", key=f"{self._key}:approve:{stage}:{gate.proposal_sha256[7:23]}",
                )  # fmt: skip

    async def publish(self) -> None:
        """The scheme and the incentive rules; the programme and its calendar were published before the cycle began."""
        key = self._key
        await load_scoring(self.cast.scoring(OFFICER), self.cast.scoring(DECIDER), self.folder, key=key)
        await load_funding(self.cast.funding(OFFICER), self.folder, key=key, on=calendar.PUBLISHED_ON)

    def cities(self) -> dict[str, str | None]:
        province = {row["code"] for row in self.folder.divisions if row["level"] == "province"}
        return {
            row["code"]: None if row["parent_code"] in province else row["parent_code"]
            for row in self.folder.divisions
            if row["level"] == "county"
        }

    def departments(self) -> list[str]:
        return sorted({entry["source_department"] for entry in self.folder.indicators["indicators"]})

    def _result(
        self,
        final: FinalRelease,
        published: Set[tuple[str, str]],
        money: Money,
        designations: DesignationSet,
    ) -> YearResult:
        """What the services say at the end; the demo adds nothing of its own but where a name comes from."""
        statuses = {entry.cluster: entry.status for entry in designations.designations}
        units = sorted(final.document.units, key=lambda unit: (unit.rank is None, unit.rank or 0, unit.unit))
        issued = money.issued.award_list
        return YearResult(
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
                    is_published=(unit.county_code, unit.name) in published,
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
            settled=money.settled,
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


class People:
    """Everybody who acts in the year, each stage's people as one act."""

    def __init__(self, story: Story, key: str) -> None:
        self._story = story
        self._cast, self._journal, folder = story.cast, story.journal, story.folder
        chance, programme = Chance(story.seed), folder.programme["programme"]
        self._maker = FigureMaker(folder, chance, data_year=folder.round(ROUND)["data_year"])
        self._filings = self._maker.make(choose_applicants(folder, chance))
        self._season = FilingSeason(
            self._cast, self._journal, programme=programme, round_code=ROUND, key=key, city_of=story.cities()
        )
        self._filed: list[FiledApplication] = []
        self._year = FundingYear(self._cast, folder, key=key)
        self._passing = PassingDown(self._cast, self._journal, folder, key=key)
        self._year_end = YearEnd(self._cast, self._journal, key=key)
        self._key = key
        self.assessing = Assessing(
            self._cast, self._journal, programme=programme, year=YEAR, round_code=ROUND, key=key
        )

    @property
    def published(self) -> frozenset[tuple[str, str]]:
        """County and name of the clusters whose names are published; all others are generated."""
        applicants = [filed.applicant for filed in self._filings]
        return frozenset((own.county_code, own.name) for own in applicants if own.is_published)

    def acts(self) -> Mapping[str, Act]:
        return {
            "publish_rules": self._story.publish,
            "on_site_check": self._check_on_the_spot,
            "department_check": self._confirm_and_accept,
            "freeze_snapshot": self._agree_to_figures,
            "decide": self.assessing.decide,
            "approve_designations": self.assessing.designate,
            "open_round": self._year.record_appropriation,
            "propose_allocation": lambda: self._story.approve("propose_allocation"),
            "review": self._year.review,
            "issue": self._year.issue,
            "pass_down": self._pass_down,
            "county_projects": self._plan,
            "close": self._settle_and_close,
        }

    def meanwhile(self) -> Mapping[str, Act]:
        """Counties file before the closing day, somebody objects while the notice runs, treasuries pay in the year."""
        return {
            "close_filings": self._file,
            "objections:1": self._object_and_rule,
            "spending": self._pay_and_apply,
        }

    async def money(self, final: FinalRelease) -> Money:
        """What is known of the money at the end."""
        issued = await self._year.issued()
        priority = await self._year.bond_priority(final)
        passed = await self._passing.result(self._passing.quotas(issued.award_list))
        proof = await self._cast.funding(AUDITOR).ledger_proof()
        return Money(issued, priority, passed, await self._year_end.settled(), proof)

    async def _file(self) -> None:
        await self._applications()

    async def _applications(self) -> list[FiledApplication]:
        """All of it is keyed: filed once, and after a kill found again."""
        if not self._filed:
            self._filed = await self._season.file_all(self._filings)
        return self._filed

    async def _confirm_and_accept(self) -> None:
        await self._season.confirm_and_accept(await self._applications(), self._story.departments())

    async def _check_on_the_spot(self) -> None:
        await self._season.check_on_the_spot(await self._applications(), data_year=self._maker.year)

    async def _agree_to_figures(self) -> None:
        await self._cast.advance_to(calendar.CUT_OFF)
        await self._story.approve("freeze_snapshot")

    async def _object_and_rule(self) -> None:
        await self.assessing.hear_objections(await self._applications(), self._maker)

    async def _pass_down(self) -> None:
        await self._passing.pass_down(await self._quotas())

    async def _plan(self) -> None:
        await self._passing.plan(await self._quotas())

    async def _pay_and_apply(self) -> None:
        """Treasuries pay; at the end of the year projects of designated clusters apply for priority."""
        await self._passing.pay(await self._quotas())
        await self._cast.advance_to(calendar.PRIORITY_ON)
        await load_funding(
            self._cast.funding(OFFICER), self._story.folder, key=self._key, on=calendar.PRIORITY_ON
        )
        await self._year.bond_priority(await self.assessing.final())

    async def _settle_and_close(self) -> None:
        await self._year_end.settle_and_close(await self._quotas(), await self._year.round())

    async def _quotas(self) -> Sequence[Quota]:
        return self._passing.quotas((await self._year.issued()).award_list)


def _changes(designations: DesignationSet) -> tuple[StatusChange, ...]:
    """All of the first year are new."""
    return tuple(
        StatusChange(own.cluster, own.effective_from, None, own.status, own.release_sha256 or "")
        for own in designations.designations
    )


def check_known_facts(result: YearResult) -> None:
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
        (
            result.settled.carried_over_fen + result.settled.returned_fen == below.left_fen,
            "年末办结与未支付指标不符",
            "what was settled at the year's end is not what was left",
        ),
        (result.ledger.debits_fen == result.ledger.credits_fen, "账簿借贷不平", "debits and credits differ"),
    )
    wrong = [(zh, en) for holds, zh, en in facts if not holds]
    if wrong:
        raise DemoDoesNotFit(";".join(zh for zh, _ in wrong), "; ".join(en for _, en in wrong))
