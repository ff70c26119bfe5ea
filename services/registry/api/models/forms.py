"""Forms and what they are prefilled with."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.registry.api.models.decimals import Figure
from services.registry.domain.filings.content import Provenance, ValueState
from services.registry.domain.filings.filing import FilingKind
from services.registry.domain.filings.proposal import Proposal
from services.registry.use_cases.forms.import_filing import FilledForm
from shared.web.fields import Code


class ProposedValue(BaseModel):
    indicator: str
    data_year: int
    state: ValueState
    value: Figure | None
    definition: str
    provenance: Provenance
    source: str


class OpenValue(BaseModel):
    indicator: str
    data_year: int


class ProposalOut(BaseModel):
    round: str
    values: list[ProposedValue]
    open: list[OpenValue] = Field(description="asked for, and nothing is known")

    @classmethod
    def of(cls, found: Proposal) -> Self:
        return cls(
            round=found.round.dates.code,
            values=[ProposedValue.model_validate(value, from_attributes=True) for value in found.values],
            open=[OpenValue(indicator=indicator, data_year=year) for indicator, year in found.open],
        )


class FormImportIn(BaseModel, extra="forbid"):
    upload: UUID
    round: Code
    cluster: Code
    version: Annotated[
        int | None, Field(ge=1, le=10**9, description="of the filing that is replaced; none: a new one")
    ] = None
    mode: Literal["check", "apply"]

    def form(self, kind: FilingKind) -> FilledForm:
        return FilledForm(kind=kind, **self.model_dump())
