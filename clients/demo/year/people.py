"""Everybody who acts in a year, each stage's people as one act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clients.demo.cast import AUDITOR, DECIDER, OFFICER, Cast
from clients.demo.chance import Chance
from clients.demo.counties.applicants import Applicant, choose_applicants
from clients.demo.counties.figures import FigureMaker, Filed
from clients.demo.counties.later_years import Known, filed_before, filings_of
from clients.demo.journal import Journal
from clients.demo.result import LedgerProof, PassedDown, Settled
from clients.demo.year.assessment import Assessing, FinalRelease
from clients.demo.year.director import Act
from clients.demo.year.filing import FiledEntry, FilingSeason
from clients.demo.year.funding_year import FundingYear, IssuedList
from clients.demo.year.passing_down import PassingDown, Quota
from clients.demo.year.year_end import YearEnd
from clients.demo.years import DemoYear
from clients.programme.folder import ProgrammeFolder
from clients.programme.loading import load_funding, load_scoring
from shared.http.funding.projects import PriorityListView


@dataclass(frozen=True)
class Money:
    """What came of the release: the list, bond priority, what went down, the year-end, and the ledger's own proof."""

    carried_in_fen: int
    issued: IssuedList
    priority: PriorityListView
    passed_down: PassedDown
    settled: Settled
    proof: LedgerProof


class People:
    """``before``: the year before, whose results the later one begins with."""

    def __init__(
        self,
        cast: Cast,
        journal: Journal,
        folder: ProgrammeFolder,
        year: DemoYear,
        before: DemoYear | None,
        *,
        seed: int,
    ) -> None:
        self._cast, self._folder, self._year, self._before = cast, folder, year, before
        self._days, self._chance = year.days, Chance(seed)
        self._key = f"demo:{seed}:{year.year}"
        self._programme = str(folder.programme["programme"])
        self._rounds = [folder.round(code) for code in year.rounds]
        self._maker = FigureMaker(folder, self._chance, data_year=self._rounds[0]["data_year"])
        self._seasons = [
            FilingSeason(
                cast, journal, programme=self._programme, round_=entry, days=year.days,
                key=f"{self._key}:{entry['kind']}", city_of=_cities(folder),
            )
            for entry in self._rounds
        ]  # fmt: skip
        self._filed: list[list[FiledEntry]] = []
        self._money = FundingYear(cast, folder, year, before, key=self._key)
        self._passing = PassingDown(cast, journal, folder, year, key=self._key)
        self._year_end = YearEnd(cast, journal, year, key=self._key)
        self.assessing = Assessing(cast, journal, programme=self._programme, year=year, key=self._key)

    def acts(self) -> Mapping[str, Act]:
        return {
            "publish_rules": self._publish,
            "on_site_check": self._check_on_the_spot,
            "department_check": self._confirm_and_accept,
            "freeze_snapshot": self._agree_to_figures,
            "decide:1": self.assessing.decide,
            "decide:2": self.assessing.decide_again,
            "approve_designations": self.assessing.designate,
            "open_round": self._money.record_appropriation,
            "propose_allocation": lambda: self._approve("propose_allocation"),
            "review": self._money.review,
            "issue": self._money.issue,
            "pass_down": self._pass_down,
            "county_projects": self._plan,
            "close": self._settle_and_close,
        }

    def meanwhile(self) -> Mapping[str, Act]:
        """Counties file before the closing day, somebody may object while the notice runs, treasuries pay."""
        acts: dict[str, Act] = {"close_filings": self._file, "spending": self._pay_and_apply}
        return acts if self._days.objected is None else acts | {"objections:1": self._object_and_rule}

    async def money(self, final: FinalRelease) -> Money:
        """What is known of the money at the end."""
        issued = await self._money.issued()
        priority = await self._money.bond_priority(final)
        passed = await self._passing.result(self._passing.quotas(issued.award_list))
        return Money(
            await self._money.carried_in(),
            issued,
            priority,
            passed,
            await self._year_end.settled(),
            await self._proof(),
        )

    async def _proof(self) -> LedgerProof:
        """The transfers of the year, of a ledger that adds up as a whole."""
        auditor = self._cast.funding(AUDITOR)
        if not (await auditor.ledger_proof()).sound:
            raise AssertionError("the ledger does not add up")
        amounts = [
            [line.amount_fen for line in transfer.lines]
            for transfer in await auditor.transfers()
            if transfer.effective_at.year == self._year.year
        ]
        return LedgerProof(
            transfers=len(amounts),
            debits_fen=sum(amount for lines in amounts for amount in lines if amount > 0),
            credits_fen=-sum(amount for lines in amounts for amount in lines if amount < 0),
        )

    async def _approve(self, stage: str) -> None:
        """The decider sees what is proposed at the pipeline, and agrees."""
        client = self._cast.pipeline(DECIDER)
        for gate in (await client.cycle(self._programme, self._year.year)).gates:
            if gate.stage == stage and gate.kind == "own":
                await client.decide(
                    self._programme, self._year.year, gate.id, verdict="approve", proposal_sha256=gate.proposal_sha256,
                    reason="同意(演示)", key=f"{self._key}:approve:{stage}:{gate.proposal_sha256[7:23]}",
                )  # fmt: skip

    async def _publish(self) -> None:
        """The scheme and the incentive rules; the programme and its calendar were published before the cycle began."""
        scoring = self._cast.scoring
        await load_scoring(scoring(OFFICER), scoring(DECIDER), self._folder, key=self._key)
        funding = self._cast.funding(OFFICER)
        await load_funding(funding, self._folder, key=self._key, on=self._days.published)

    async def _file(self) -> None:
        await self._filings()

    async def _filings(self) -> list[list[FiledEntry]]:
        """By round. All of it is keyed: filed once, and after a kill found again."""
        if not self._filed:
            self._filed = [
                await season.file_all(filings)
                for season, filings in zip(self._seasons, await self._figures(), strict=True)
            ]
        return self._filed

    async def _figures(self) -> list[Sequence[Filed]]:
        """Of each round: of all applicants in the first year, of holders and applicants in a later one."""
        applicants = choose_applicants(self._folder, self._chance)
        if self._before is None:
            return [self._maker.make(applicants)]
        known = await self._known(self._before, {(own.county_code, own.name): own for own in applicants})
        filings = filings_of(known, self._year.parts, self._maker, self._chance)
        by_kind = {"assessment": filings.returns, "application": filings.applications}
        return [list(by_kind[entry["kind"]].values()) for entry in self._rounds]

    async def _known(self, before: DemoYear, applicants: Mapping[tuple[str, str], Applicant]) -> list[Known]:
        """What the services say of the year before."""
        registry = self._cast.registry(OFFICER)
        assessing = Assessing(self._cast, Journal(), programme=self._programme, year=before, key=self._key)
        filed: dict[str, tuple[Filed, Decimal]] = {}
        for final in await assessing.finals():
            scores = {unit.unit: Decimal(unit.score or 0) for unit in final.document.units}
            for unit in (await registry.snapshot(final.document.snapshot_sha256)).units:
                applicant = applicants[unit.county_code, unit.name]
                filed[unit.unit] = filed_before(unit, applicant), scores[unit.unit]
        held = await registry.designation_set(self._programme, as_of=before.days.settled)
        return [
            Known(own.cluster, own.status, *filed.get(own.cluster, (None, Decimal(0))))
            for own in held.designations
        ]

    async def _confirm_and_accept(self) -> None:
        for season, filed in zip(self._seasons, await self._filings(), strict=True):
            await season.confirm(filed, _departments(self._folder))
        for season, filed in zip(self._seasons, await self._filings(), strict=True):
            await season.accept(filed)

    async def _check_on_the_spot(self) -> None:
        filed, *_ = await self._filings()
        await self._seasons[0].check_on_the_spot(filed, data_year=self._maker.year)

    async def _agree_to_figures(self) -> None:
        await self._cast.advance_to(self._days.cut_off)
        await self._approve("freeze_snapshot")

    async def _object_and_rule(self) -> None:
        (filed,) = await self._filings()
        await self.assessing.hear_objections(filed, self._maker)

    async def _pass_down(self) -> None:
        await self._passing.pass_down(await self._quotas())

    async def _plan(self) -> None:
        await self._passing.plan(await self._quotas())

    async def _pay_and_apply(self) -> None:
        """Treasuries pay; at the end of the year projects of designated clusters apply for priority."""
        await self._passing.pay(await self._quotas())
        await self._cast.advance_to(self._days.priority)
        funding = self._cast.funding(OFFICER)
        await load_funding(funding, self._folder, key=self._key, on=self._days.priority)
        final, *_ = await self.assessing.finals()
        await self._money.bond_priority(final)

    async def _settle_and_close(self) -> None:
        await self._year_end.settle_and_close(await self._quotas(), await self._money.round())

    async def _quotas(self) -> Sequence[Quota]:
        return self._passing.quotas((await self._money.issued()).award_list)


def _cities(folder: ProgrammeFolder) -> dict[str, str | None]:
    province = {row["code"] for row in folder.divisions if row["level"] == "province"}
    return {
        row["code"]: None if row["parent_code"] in province else row["parent_code"]
        for row in folder.divisions
        if row["level"] == "county"
    }


def _departments(folder: ProgrammeFolder) -> list[str]:
    return sorted({entry["source_department"] for entry in folder.indicators["indicators"]})
