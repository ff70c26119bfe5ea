"""Calendars on the wire; the documents themselves are those of the domain."""

from pydantic import BaseModel, Field


class CalendarVersionOut(BaseModel):
    """A version of a year's calendar, without its content."""

    programme: str
    assessment_year: int
    version: str
    number: int = Field(description="the versions of a year are numbered from 1 on; the highest one holds")
    programme_version: str = Field(description="the programme's version under which it was published")
    sha256: str
