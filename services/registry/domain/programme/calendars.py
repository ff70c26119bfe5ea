"""A year's calendar: the filing rounds of one assessment year with their days, published under the programme.

Days change more often than the rules do, so they are a document of their own. A later version of a year's calendar
holds every round of the version before it; what it may change of them, ``calendar_changes`` says.
"""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.registry.domain.programme.documents import Programme
from services.registry.domain.programme.parts import DocumentPart, Rule
from shared.errors import Item, Refusal
from shared.policy.documents import SourceDocument
from shared.web.fields import BusinessDate, Code, Name, Year

RoundKind = Literal["application", "assessment"]


class RoundDates(Rule):
    """A filing round: counties file from ``opens_on`` to ``closes_on``; accepted values are frozen at ``cut_off``."""

    code: Code
    kind: RoundKind
    data_year: Year
    opens_on: BusinessDate
    closes_on: BusinessDate
    cut_off: BusinessDate
    remind_days_before: Annotated[
        tuple[Annotated[int, Field(ge=0, le=366)], ...],
        Field(max_length=20, description="calendar days before closing on which counties are reminded"),
    ] = ()

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if not self.opens_on <= self.closes_on <= self.cut_off:
            raise PydanticCustomError(
                "dates_in_order",
                "opens_on, closes_on and cut_off must be in this order",
                {"zh": "opens_on、closes_on、cut_off 须依次不早于前一日期"},
            )
        return self


class Calendar(DocumentPart):
    """The rounds of one assessment year. A year may have several rounds of one kind, each with a cut-off of its own:
    by it their snapshots are told apart."""

    programme: Code
    assessment_year: Year
    version: Code
    document_number: Name
    published_on: Annotated[BusinessDate, Field(description="when the document became public")]
    rounds: Annotated[tuple[RoundDates, ...], Field(max_length=50)]

    @model_validator(mode="after")
    def _rounds_are_told_apart(self) -> Self:
        if not self.rounds:  # not a limit of the field: that would be told beside each fault of a round
            raise PydanticCustomError(
                "too_few", "a calendar has at least 1 round", {"zh": "日历至少有 1 个轮次"}
            )
        codes = Counter(entry.code for entry in self.rounds)
        twice = [code for code, rounds in codes.items() if rounds > 1]
        if twice:
            raise PydanticCustomError(
                "unique",
                "the codes of rounds must be unique: {codes}",
                {"codes": ", ".join(twice), "zh": f"轮次代码不得重复:{'、'.join(twice)}"},
            )
        for (_, cut_off), rounds in Counter((entry.kind, entry.cut_off) for entry in self.rounds).items():
            if rounds > 1:
                raise PydanticCustomError(
                    "cut_off_of_its_own",
                    "{rounds} rounds of one kind have the same cut_off {cut_off}",
                    {
                        "rounds": rounds,
                        "cut_off": str(cut_off),
                        "zh": f"{rounds} 个同类轮次的 cut_off 均为 {cut_off}",
                    },
                )
        return self

    @property
    def source(self) -> SourceDocument:
        return SourceDocument(self.document_number, self.published_on)

    def round(self, code: str) -> RoundDates | None:
        return next((entry for entry in self.rounds if entry.code == code), None)


class CalendarInconsistent(Refusal):
    """A round begins before a document that it stands on was public, or its code is another calendar's."""

    code = "calendar-inconsistent"


@dataclass(frozen=True, slots=True)
class PublishedCalendar:
    """A version of a year's calendar, by the hash of its content; versions of a year are numbered from 1 on."""

    programme: str
    assessment_year: int
    version: str
    number: int
    programme_version: str
    sha256: str


def check_calendar(
    document: Calendar, programme: Programme, *, before: Calendar | None, taken_rounds: Collection[str]
) -> None:
    """Refuses rounds that begin before their document, or whose code is of another year or programme.

    A round that the version before had, and that begins on the same day, stands on the earlier document.
    """
    items = []
    if before is not None and document.published_on < before.published_on:
        zh = f"公布日 {document.published_on} 早于上一版本的公布日 {before.published_on}"
        en = (
            f"published on {document.published_on}, before the last version's document, {before.published_on}"
        )
        items.append(Item("published_on", "document-order", zh, en))
    sources = (SourceDocument(programme.document_number, programme.published_on), document.source)
    for place, entry in enumerate(document.rounds):
        if entry.code in taken_rounds:
            items.append(
                Item(
                    f"rounds[{place}].code",
                    "unique",
                    f"轮次 {entry.code} 已存在于另一日历",
                    f"the round {entry.code} is another calendar's",
                    row=place + 1,
                )
            )
        known = None if before is None else before.round(entry.code)
        if known is not None and known.opens_on == entry.opens_on:
            continue
        items += [
            Item(
                f"rounds[{place}].opens_on",
                "opens-before-document",
                f"{entry.code} 自 {entry.opens_on} 开始,早于 {source.number} 的公布日 {source.published_on}",
                f"{entry.code} opens on {entry.opens_on}, before {source.number} was published on "
                f"{source.published_on}",
                row=place + 1,
            )
            for source in sources
            if not source.is_public(entry.opens_on)
        ]
    if items:
        raise CalendarInconsistent(
            f"日历文件有 {len(items)} 处错误", f"The calendar has {len(items)} error(s)", items=items
        )
