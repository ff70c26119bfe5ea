"""Programmes and their rounds on the wire; the documents themselves are those of the domain."""

from datetime import date
from typing import Literal, Self

from pydantic import BaseModel, Field

from services.registry.domain.filings.rounds import ListedRound
from services.registry.domain.programme.documents import Programme


class ProgrammeOut(Programme):
    """The document, and whose programme it is."""

    division_code: str


class Published(BaseModel):
    programme: str
    version: str
    sha256: str


class RoundOut(BaseModel):
    code: str
    programme: str
    version: str = Field(description="the programme's version under which the round runs")
    calendar_version: str = Field(description="the version of the year's calendar that has its days")
    kind: Literal["application", "assessment"]
    assessment_year: int
    data_year: int
    opens_on: date
    closes_on: date
    cut_off: date

    @classmethod
    def of(cls, found: ListedRound) -> Self:
        dates = found.dates
        return cls(
            code=dates.code,
            programme=found.programme,
            version=found.version,
            calendar_version=found.calendar_version,
            kind=dates.kind,
            assessment_year=found.assessment_year,
            data_year=dates.data_year,
            opens_on=dates.opens_on,
            closes_on=dates.closes_on,
            cut_off=dates.cut_off,
        )


class RoundList(BaseModel):
    rounds: list[RoundOut]
