"""What scoring tells the public."""

from datetime import date

from pydantic import Field

from services.scoring.api.models.answer import Answer
from shared.calendar.working_days import DayKind


class NamedUnit(Answer):
    name: str
    county_name: str


class NoticeList(Answer):
    status: str = Field(examples=["designate"])
    units: list[NamedUnit]


class PublicNoticeOut(Answer):
    """What everybody may read: names by list, no score, no rank, in no order of merit."""

    assessment: str
    programme: str
    assessment_year: int
    kind: str
    starts_on: date
    ends_on: date = Field(description="last day, included")
    days: int
    day_kind: DayKind
    provisional: bool = Field(description="the end may still come later: holidays are not all arranged yet")
    lists: list[NoticeList]
    removed: list[NamedUnit] = Field(description="taken off a list after an objection")


class ListedNoticeOut(Answer):
    """A notice to be discovered: what it is about and its days, without names."""

    assessment: str
    programme: str
    assessment_year: int
    kind: str
    starts_on: date
    ends_on: date = Field(description="last day, included")
    days: int
    day_kind: DayKind
    provisional: bool = Field(description="the end may still come later: holidays are not all arranged yet")
    is_running: bool = Field(description="objections can be filed today")
    days_left: int = Field(
        description="calendar days until the end as known now, today included; 0 when it is over"
    )
