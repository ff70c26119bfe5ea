"""Applications and annual returns as they are answered."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, BaseModel, Field, model_validator

from services.registry.api.models.decimals import Figure
from services.registry.domain.filings.content import FiledValue, Provenance, ValueState
from services.registry.domain.filings.filing import FilingState, Step
from services.registry.domain.filings.history import Change, RecordedStep
from services.registry.use_cases.filings.load_filing import FilingWithContent


class FilingSummary(BaseModel):
    code: str
    round: Annotated[str, Field(validation_alias=AliasChoices("round_code", "round"))]
    cluster: Annotated[str, Field(validation_alias=AliasChoices("cluster_code", "cluster"))]
    division_path: list[str]
    state: FilingState
    version: int
    content_hash: str
    prepared_by: str
    signed_off_by: str | None


class FindingOut(BaseModel):
    rule: str
    severity: Literal["error", "warning"]
    waivable: bool
    waived_because: str | None
    indicator: str
    data_year: int | None
    message: Annotated[str, Field(validation_alias=AliasChoices("zh", "message"))]
    message_en: Annotated[str, Field(validation_alias=AliasChoices("en", "message_en"))]


class ValueOut(BaseModel):
    indicator: str
    data_year: int
    state: ValueState
    value: Figure | None
    definition: str
    provenance: Provenance
    source: str
    confirmed_by: str | None

    @classmethod
    def of(cls, value: FiledValue, *, confirmed_by: str | None) -> Self:
        return cls(**value.as_document(), confirmed_by=confirmed_by)


class FilingOut(FilingSummary):
    values: list[ValueOut]
    facts: dict[str, str]
    findings: list[FindingOut]

    @model_validator(mode="before")
    @classmethod
    def _of_filing(cls, found: object) -> object:
        if not isinstance(found, FilingWithContent):
            return found
        summary = FilingSummary.model_validate(found.filing, from_attributes=True)
        return {
            **summary.model_dump(),
            "values": [
                ValueOut.of(value, confirmed_by=found.confirmed.get(value.key))
                for value in found.content.values
            ],
            "facts": dict(found.content.facts),
            "findings": found.findings,
        }


class FilingSummaries(BaseModel):
    filings: list[FilingSummary]

    @model_validator(mode="before")
    @classmethod
    def _of_filings(cls, found: object) -> object:
        return {"filings": found} if isinstance(found, list) else found


class StepOut(BaseModel):
    number: int
    step: Step
    actor: str
    unit: str
    content_hash: str
    note: str | None
    reasons: list[dict[str, Any]]
    content: dict[str, Any] | None
    business_date: date
    recorded_at: datetime

    @classmethod
    def of(cls, found: RecordedStep) -> Self:
        return cls(
            number=found.number,
            step=found.step,
            actor=found.actor,
            unit=found.unit,
            content_hash=found.content_hash,
            note=found.note,
            reasons=[asdict(reason) for reason in found.reasons],
            content=None if found.content is None else found.content.as_document(),
            business_date=found.business_date,
            recorded_at=found.recorded_at,
        )


class StepList(BaseModel):
    steps: list[StepOut]


class ChangeOut(BaseModel):
    part: Literal["value", "fact", "waiver"]
    field: str
    data_year: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ChangeList(BaseModel):
    changes: list[ChangeOut]

    @classmethod
    def of(cls, found: Sequence[Change]) -> Self:
        return cls(changes=[ChangeOut.model_validate(change, from_attributes=True) for change in found])


class OutstandingOut(BaseModel, from_attributes=True):
    cluster: str
    name: str
    county_code: str
    filing: str | None
    state: FilingState | None


class RemindersOut(BaseModel, from_attributes=True):
    round: str
    closes_on: date
    days_left: int = Field(description="calendar days to the closing day; negative once it has passed")
    remind_on: list[date]
    due_today: bool
    outstanding: list[OutstandingOut]
