"""Divisions and industries on the wire."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.registry.domain import divisions, industries
from shared.web.fields import BusinessDate, DivisionCode, Name

Level = Literal["province", "prefecture", "county"]


class DivisionIn(BaseModel, extra="forbid"):
    """One division code; `valid_to` is the first day on which it no longer holds."""

    code: DivisionCode
    name: Name
    level: Level
    kind: Name
    parent_code: DivisionCode | None
    pinyin: Name
    longitude: Annotated[Decimal, Field(ge=-180, le=180, decimal_places=5)] | None = None
    latitude: Annotated[Decimal, Field(ge=-90, le=90, decimal_places=5)] | None = None
    area_km2: Annotated[int, Field(ge=0, le=2_000_000)] | None = None
    valid_from: BusinessDate | None = None
    valid_to: BusinessDate | None = None
    successor_code: DivisionCode | None = None

    def record(self) -> divisions.DivisionRecord:
        fields = self.model_dump(exclude={"level"})
        return divisions.DivisionRecord(level=divisions.Level(self.level), **fields)


class DivisionOut(BaseModel):
    code: str
    name: str
    level: Level
    kind: str
    parent_code: str | None
    pinyin: str
    longitude: Decimal | None
    latitude: Decimal | None
    area_km2: int | None
    valid_from: date | None
    valid_to: date | None
    successor_code: str | None


class DivisionList(BaseModel, extra="forbid"):
    divisions: Annotated[list[DivisionIn], Field(min_length=1, max_length=10_000)]


class IndustryIn(BaseModel, extra="forbid"):
    code: Annotated[str, Field(pattern=r"^([A-T]|[0-9]{2,4})$")]
    name: Name
    level: Annotated[int, Field(ge=1, le=4)]
    parent_code: Annotated[str, Field(pattern=r"^([A-T]|[0-9]{2,4})$")] | None

    def industry(self) -> industries.Industry:
        return industries.Industry(**self.model_dump())


class IndustryList(BaseModel, extra="forbid"):
    industries: Annotated[list[IndustryIn], Field(min_length=1, max_length=10_000)]


class Loaded(BaseModel):
    rows: int
