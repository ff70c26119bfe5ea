"""The whole story. Each step is keyed or looks at the state first: after a kill it is simply run again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clients.demo.cast import OFFICER, Cast
from clients.demo.counties.applicants import DESIGNATED, GENERATED_MARK, ZENGDU
from clients.demo.journal import Journal
from clients.demo.result import AwardRow, DemoResult, PriorityRow, RankingRow, StatusChange, YearResult
from clients.demo.year.assessment import FinalRelease
from clients.demo.year.director import Director
from clients.demo.year.people import Money, People
from clients.demo.years import YEARS, DemoYear
from clients.local.errors import LocalError
from clients.programme.folder import ProgrammeFolder
from clients.programme.loading import load_registry
from shared.contracts.designation_set import DesignationSet
from shared.text.money import FEN_PER_WAN


class DemoDoesNotFit(LocalError):
    """The data folder holds something else, or the result is not what is known of 2024."""


@dataclass(frozen=True)
class Story:
    """Plays the first years on running services: the pipeline goes through the stages of each, and the people act where
    it waits."""

    cast: Cast
    journal: Journal
    folder: ProgrammeFolder
    seed: int
    years: int

    async def play(self) -> DemoResult:
        results, held = [], []
        for before, year in zip((None, *YEARS), YEARS[: self.years], strict=False):
            people = People(self.cast, self.journal, self.folder, year, before, seed=self.seed)
            await self._play(year, people)
            final, *_ = await people.assessing.finals()
            held.append(
                await self.cast.registry(OFFICER).designation_set(
                    final.document.programme, as_of=year.days.designated
                )
            )
            results.append(self._result(final, await people.money(final), held[-1]))
        check_known_facts(results)
        return DemoResult(tuple(results), tuple(_changes(held)))

    async def _play(self, year: DemoYear, people: People) -> None:
        """One cycle, from its start to its end."""
        await self.cast.advance_to(year.days.published)
        await load_registry(self.cast.registry(OFFICER), self.folder, on=year.days.published)
        plan = self.folder.cycle_plan(year.year)
        key = f"demo:{self.seed}:cycle:{year.year}:{plan['version']}"
        await self.cast.pipeline(OFFICER).start_cycle(plan, key=key)
        programme = str(self.folder.programme["programme"])
        director = Director(
            self.cast, self.journal, programme=programme, year=year.year, acts=people.acts(),
            meanwhile=people.meanwhile(),
        )  # fmt: skip
        await director.play()

    def _result(self, final: FinalRelease, money: Money, designations: DesignationSet) -> YearResult:
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
                    is_published=GENERATED_MARK not in unit.name,
                )
                for unit in units
            ),
            pool_fen=issued.pool_fen,
            carried_in_fen=money.carried_in_fen,
            awards=tuple(AwardRow(row.cluster, row.rank, row.tier, row.amount_fen) for row in issued.awards),
            list_number=issued.list_number,
            document_number=money.issued.document_number,
            unallocated_fen=issued.unallocated_fen,
            unallocated_disposition=issued.unallocated_disposition,
            ledger=money.proof,
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


def _changes(held: Sequence[DesignationSet]) -> list[StatusChange]:
    """Of each year against the one before it; in the first year all are new."""
    changes, before = [], dict[str, str]()
    for designations in held:
        changes += [
            StatusChange(
                own.cluster, own.effective_from, before.get(own.cluster), own.status, own.release_sha256
            )
            for own in sorted(designations.designations, key=lambda own: (own.effective_from, own.cluster))
            if before.get(own.cluster) != own.status
        ]
        before = {own.cluster: own.status for own in designations.designations}
    return changes


def check_known_facts(results: Sequence[YearResult]) -> None:
    """What is known of 2024 must come out: 29 designated, 曾都 5th with 700 万元; and every year adds up."""
    wrong = [*_of_2024(results[0]), *(fault for result in results for fault in _sums(result))]
    if wrong:
        raise DemoDoesNotFit(";".join(zh for zh, _ in wrong), "; ".join(en for _, en in wrong))


def _of_2024(result: YearResult) -> list[tuple[str, str]]:
    designated = sum(row.outcome == "designated" for row in result.ranking)
    zengdu = next(row for row in result.ranking if row.county_code == ZENGDU)
    reward = next((row.amount_fen for row in result.awards if row.cluster == zengdu.cluster), 0)
    return _failed(
        (designated == DESIGNATED, f"认定 {designated} 个", f"{designated} are designated"),
        (zengdu.rank == 5, f"曾都第 {zengdu.rank} 名", f"曾都 ranks {zengdu.rank}"),
        (reward == 700 * FEN_PER_WAN, f"曾都奖励 {reward} 分", f"曾都 gets {reward} fen"),
    )


def _sums(result: YearResult) -> list[tuple[str, str]]:
    awarded, below = sum(row.amount_fen for row in result.awards), result.passed_down
    return _failed(
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


def _failed(*facts: tuple[bool, str, str]) -> list[tuple[str, str]]:
    return [(zh, en) for holds, zh, en in facts if not holds]
