"""Answers about openings."""

from datetime import date
from typing import Literal

from pydantic import Field

from services.funding.api.models.answer import Answer


class OpenedAwardOut(Answer):
    row: int = Field(description="of the spreadsheet, its heading being row 1")
    cluster: str
    name: str
    county_code: str
    county_name: str
    division_path: list[str]
    document_number: str
    document_date: date
    awarded_fen: int
    not_passed_down_fen: int
    with_city_fen: int
    with_county_fen: int
    paid_fen: int
    returned_fen: int
    carried_over_fen: int


class OpeningOut(Answer):
    """Awards of before the system: they come from no release, round or award list of it."""

    number: str = Field(description="of the fund order", examples=["2023-420000-0002"])
    basis: Literal["before_the_system"] = Field(description="系统启用前")
    appropriation: str
    fiscal_year: int
    assessment_year: int
    purpose: str
    state: Literal["proposed", "approved", "rejected", "withdrawn"]
    document_number: str
    balances_of: date = Field(description="the day as of which the balances are confirmed")
    reversed_by: str | None = Field(description="the fund order that reversed it")
    awards: list[OpenedAwardOut]
    returned_fen: int = Field(description="awarded to nobody, back in the budget")
    carried_over_fen: int = Field(description="awarded to nobody, carried over")
    total_fen: int
