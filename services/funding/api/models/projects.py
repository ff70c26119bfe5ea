"""Answers about projects and their priority."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from services.funding.api.models.answer import Answer
from shared.documents.canonical import decimal_text


def _as_text(value: object) -> object:
    return decimal_text(value) if isinstance(value, Decimal) else value


class ApprovalOut(Answer):
    kind: str
    document_number: str


class ProjectOut(Answer):
    code: str
    name: str
    county_code: str
    cluster: str
    unit: str
    investment_fen: int
    use: str
    consent_document_number: str | None
    revenue_cover: Annotated[str | None, BeforeValidator(_as_text)]
    approvals: list[ApprovalOut]
    classification: str | None


class PriorityReasonOut(Answer):
    rule: str = Field(examples=["general_competitive_project"])
    cited: str = Field(description="the clause or label of the rule")
    zh: str
    en: str


class PriorityEntryOut(Answer):
    """A project's result. One that is listed today has a place; a refused one has every reason."""

    place: int | None
    project_code: str
    project: str
    county_code: str
    cluster: str
    cluster_rank: int | None
    unit: str
    investment_fen: int
    use: str
    test: Literal["passed", "refused"]
    reasons: list[PriorityReasonOut]
    valid_from: date | None
    valid_to: date | None
    tested_on: date
    negative_list: str | None = Field(
        description="document number of the list that was in force on the day of the test"
    )
    standing: Literal["listed", "refused", "ended", "expired"] = Field(
        description="today: ended with the cluster's designation, expired with its own validity"
    )
    ended_on: date | None = Field(description="from when the cluster no longer holds its designation")


class EarlierEntryOut(Answer):
    """A project that was listed before the system: by its document, not by a release or a test; it has no place."""

    project_code: str
    project: str
    county_code: str
    cluster: str
    unit: str
    investment_fen: int
    document_number: str = Field(description="文号 by which it was listed")
    document_date: date
    valid_from: date
    valid_to: date
    standing: Literal["listed", "ended", "expired"] = Field(
        description="today: ended with the cluster's designation, expired with its own validity"
    )
    ended_on: date | None = Field(description="from when the cluster no longer holds its designation")


class PriorityListOut(Answer):
    instrument: str
    release_sha256: str
    as_of: date = Field(description="the day whose designations were asked for")
    entries: list[PriorityEntryOut]
    before_the_system: list[EarlierEntryOut] = Field(
        description="系统启用前已列入: of the same programme and instrument, by project code"
    )
