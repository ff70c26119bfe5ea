"""A filing round: its dates and the programme and catalogue that it follows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from services.registry.domain.filings.filing import Filing, FilingKind
from services.registry.domain.programme.calendars import RoundDates
from services.registry.domain.programme.documents import IndicatorCatalogue, Programme
from shared.errors import Kind, Refusal


class RoundClosed(Refusal):
    kind = Kind.CONFLICT
    code = "round-closed"


class CatalogueNotPublished(Refusal):
    kind = Kind.CONFLICT
    code = "catalogue-not-published"


class RoundOfOtherKind(Refusal):
    code = "round-of-other-kind"


class FilingsOfSeveralRounds(Refusal):
    code = "filings-of-several-rounds"


@dataclass(frozen=True, slots=True)
class ListedRound:
    """A round in the list of all: under which version of which programme it runs, and its dates, as the newest version
    of its year's calendar has them."""

    programme: str
    version: str
    assessment_year: int
    calendar_version: str
    dates: RoundDates


@dataclass(frozen=True, slots=True)
class Round:
    programme: Programme
    catalogue: IndicatorCatalogue | None
    assessment_year: int
    dates: RoundDates

    def check_open(self, today: date) -> None:
        """Refuses what a county does outside of the filing days."""
        if not self.dates.opens_on <= today <= self.dates.closes_on:
            raise RoundClosed(
                f"填报时间为 {self.dates.opens_on} 至 {self.dates.closes_on},今天是 {today}",
                f"Filing is open from {self.dates.opens_on} to {self.dates.closes_on}; today is {today}",
            )

    def check_may_start(self, kind: FilingKind, today: date) -> None:
        """Refuses a new filing of a kind that the round is not for, outside its days, or without a catalogue."""
        self.check_kind(kind)
        self.check_open(today)
        self.indicators()

    def check_county_may_work(self, today: date, *, sent_back: bool) -> None:
        """What was sent back is corrected until the cut-off, also after the filing days."""
        if sent_back:
            self.check_before_cut_off(today)
        else:
            self.check_open(today)

    def check_before_cut_off(self, today: date) -> None:
        """Refuses what changes a filing after the cut-off; from then on only a restatement with reason does."""
        if today > self.dates.cut_off:
            raise RoundClosed(
                f"数据截止日 {self.dates.cut_off} 已过,只能办理更正",
                f"The cut-off {self.dates.cut_off} has passed",
            )

    def check_kind(self, kind: FilingKind) -> None:
        wanted = "application" if kind is FilingKind.APPLICATION else "assessment"
        if self.dates.kind != wanted:
            raise RoundOfOtherKind(
                f"{self.dates.code} 不是{'申报' if kind is FilingKind.APPLICATION else '年度填报'}轮次",
                f"The round {self.dates.code} is not for this kind of filing",
            )

    def indicators(self) -> IndicatorCatalogue:
        if self.catalogue is None:
            raise CatalogueNotPublished("指标目录尚未发布", "The indicator catalogue is not published yet")
        return self.catalogue


def one_round(filings: Iterable[Filing]) -> str:
    """The code of the one round that all of these filings are of."""
    codes = {entry.round_code for entry in filings}
    if len(codes) != 1:
        raise FilingsOfSeveralRounds("一次只能办理同一轮次的材料", "Filings of one round at a time")
    return codes.pop()
