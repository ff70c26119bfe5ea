"""What people do for the assessment: they agree to the figures, decide the lists, object, rule, and designate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from clients.demo.cast import DECIDER, OBJECTOR, OFFICER, Cast
from clients.demo.counties.applicants import OBJECTED, OBJECTED_IN_VAIN, RISING
from clients.demo.counties.figures import FigureMaker, Filed
from clients.demo.journal import Journal
from clients.demo.year.filing import FiledEntry
from clients.demo.years import DemoYear
from shared.contracts.release import Release
from shared.http.scoring import AssessmentView

#: The scheme's bar is 57: one falls below it, another one rises above it, and neither passes anybody else.
_FALLEN_SCORE, _RISEN_SCORE = Decimal("56.2"), Decimal("57.1")
#: Continuous figures in which something may have been left out; the first that can take up the difference is corrected.
_CHECKED = ("park_entry_rate", "investment_per_mu", "fixed_asset_investment")


@dataclass(frozen=True)
class FinalRelease:
    """The signed release that money and designations stand on."""

    id: str
    sha256: str
    signature: str
    document: Release


class Assessing:
    """The lead department and an objector; the pipeline freezes, assesses, announces and proposes."""

    def __init__(self, cast: Cast, journal: Journal, *, programme: str, year: DemoYear, key: str) -> None:
        self._cast = cast
        self._journal = journal
        self._programme = programme
        self._year = year
        self._key = key
        self._officer = cast.scoring(OFFICER)
        self._decider = cast.scoring(DECIDER)

    async def current(self) -> list[AssessmentView]:
        """The assessments that the pipeline has run, one for each round."""
        return [
            await self._officer.assessment(listed.id)
            for listed in sorted(await self._officer.assessments(), key=lambda listed: listed.id)
            if (listed.programme, listed.assessment_year) == (self._programme, self._year.year)
            and listed.state != "withdrawn"
        ]

    async def decide(self) -> None:
        """Decides the proposed lists, with minutes."""
        await self._decide(self._year.days.decided, "审议通过评估结果和拟定名单(演示)")

    async def decide_again(self) -> None:
        """Where an objection has changed them."""
        on = _day(self._year.days.decided_again)
        await self._decide(on, "根据异议处理结果调整拟认定、重点培育名单(演示)")

    async def _decide(self, on: date, minutes: str) -> None:
        await self._cast.advance_to(on)
        for place, assessment in enumerate(await self.current()):
            number = place + len(assessment.releases)
            await self._decider.decide(
                assessment.id,
                release_sha256=assessment.current_sha256,
                document_number=f"演示纪要〔{self._year.year}〕{number}号",
                decided_on=on,
                minutes=minutes,
                key=f"{self._key}:decide:{number}",
            )

    async def hear_objections(self, applications: Sequence[FiledEntry], maker: FigureMaker) -> None:
        """One objection is upheld: two figures are corrected, which changes the lists; one is rejected."""
        (assessment,) = await self.current()
        (round_code,) = self._year.rounds
        wrong = _at_rank(applications, OBJECTED)
        right, counted = _at_rank(applications, OBJECTED_IN_VAIN), _at_rank(applications, RISING)
        upheld = await self._object(assessment, wrong, "企业入园率把园区外的企业也计算在内", place=1)
        rejected = await self._object(assessment, right, "营业收入与规上工业产值的口径不一致", place=2)
        await self._cast.advance_to(_day(self._year.days.ruled))
        fallen = await self._restate(
            wrong, maker, ("park_entry_rate",), _FALLEN_SCORE, "异议成立:剔除园区外企业", place=1
        )
        risen = await self._restate(counted, maker, _CHECKED, _RISEN_SCORE, "核查异议时发现漏计", place=2)
        registry = self._cast.registry(OFFICER)
        snapshot = await registry.freeze_snapshot(round_code, key=f"{self._key}:snapshot:2")
        await self._officer.uphold_by_correction(
            assessment.id,
            upheld,
            reason="经核查,企业入园率应剔除园区外企业",
            snapshot_sha256=snapshot.sha256,
            key=f"{self._key}:rule:1",
        )
        await self._officer.reject_objection(
            assessment.id,
            rejected,
            reason="营业收入按规上企业口径,来源清楚,异议不成立",
            key=f"{self._key}:rule:2",
        )
        self._journal.note(
            "ruled",
            f"异议1成立:{_where(wrong.filed)} {fallen[0]}更正为 {fallen[1]},低于认定线",
            f"Objection 1 upheld: {fallen[0]} of {wrong.cluster} restated to {fallen[1]}, below the bar",
        )
        self._journal.note(
            "ruled",
            f"同时核查:{_where(counted.filed)} {risen[0]}漏计,更正为 {risen[1]},达到认定线,名单变动,重新公示",
            f"Checked with it: {risen[0]} of {counted.cluster} restated to {risen[1]}, above the bar: a new notice",
        )
        self._journal.note(
            "ruled",
            f"异议2不成立:{_where(right.filed)} 营业收入口径清楚",
            f"Objection 2 rejected: the revenue of {right.cluster} is well defined",
        )

    async def designate(self) -> None:
        """The list that the pipeline proposed from the signed release is approved by a person."""
        await self._cast.advance_to(self._year.days.designated)
        registry = self._cast.registry(DECIDER)
        proposed = [
            decision
            for decision in await registry.designation_decisions(self._programme)
            if decision.assessment_year == self._year.year and decision.state == "proposed"
        ]
        for decision in proposed:
            await registry.approve_designations(
                decision.code,
                minutes="同意认定(演示)",
                document_number=f"演示认定〔{self._year.year}〕1号",
                key=f"{self._key}:designate",
            )

    async def finals(self) -> list[FinalRelease]:
        """The signed releases that money and designations stand on, that of holders first."""
        found = []
        for assessment in await self.current():
            if assessment.final_sha256 is None:
                raise AssertionError(f"the assessment {assessment.id} has no final release")
            signed = await self._officer.signed_release(assessment.final_sha256)
            found.append(FinalRelease(assessment.id, signed.sha256, signed.signature, signed.release()))
        return sorted(found, key=lambda final: final.document.kind != "assessment")

    async def _restate(
        self,
        about: FiledEntry,
        maker: FigureMaker,
        leaves: Sequence[str],
        score: Decimal,
        reason: str,
        *,
        place: int,
    ) -> tuple[str, str]:
        """Corrects the first of these figures that can give the score; its name, and what it is now."""
        code, figure = maker.retarget(about.filed, score, leaves)
        value = about.filed.value(code, maker.year) | {
            "value": format(figure, "f"),
            "definition": "按核查结果(演示)",
        }
        await self._cast.registry(OFFICER).restate_filing(
            "applications", about.code, reason=reason, values=[value], key=f"{self._key}:restate:{place}"
        )
        return maker.name_of(code), format(figure, "f")

    async def _object(
        self, assessment: AssessmentView, about: FiledEntry, statement: str, *, place: int
    ) -> int:
        await self._cast.advance_to(_day(self._year.days.objected))
        receipt = await self._cast.scoring(OBJECTOR).file_objection(
            assessment.id,
            unit=about.cluster,
            statement=f"{statement}(演示)",
            objector_name="演示异议人",
            objector_contact="演示联系方式",
            key=f"{self._key}:object:{place}",
        )
        return receipt.number


def _at_rank(applications: Sequence[FiledEntry], rank: int) -> FiledEntry:
    return next(entry for entry in applications if entry.filed.applicant.target_rank == rank)


def _day(told: date | None) -> date:
    """Of what happens in some years only."""
    if told is None:
        raise AssertionError("nobody objects in this year")
    return told


def _where(filed: Filed) -> str:
    return f"{filed.applicant.county_name} {filed.applicant.name}"
