"""Derived figures on the wire, alone and beside reported ones."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AliasChoices, BaseModel, Field

from services.registry.api.models.decimals import Figure
from services.registry.domain.derived.figures import Compared
from services.registry.use_cases.derived.attest_aggregate import NewAggregate
from shared.contracts.designation_set import DesignationStatus
from shared.web.fields import Code, DecimalText, DocumentNumber, Note, Year


class DerivedOut(BaseModel):
    value: Figure
    origin: Literal["registers", "attested"]
    source: str


class ComparedOut(BaseModel):
    indicator: str
    data_year: int
    reported: Figure | None
    derived: DerivedOut | None
    difference: Figure | None = Field(description="reported less derived")
    percent: Figure | None = Field(description="the difference in percent of the derived figure")
    reported_growth_percent: Figure | None = Field(
        description="growth of the reported figure on the year before"
    )
    derived_growth_percent: Figure | None = Field(
        description="growth of the derived figure on the year before"
    )


class Comparison(BaseModel):
    figures: list[ComparedOut]

    @classmethod
    def of(cls, found: Sequence[Compared]) -> Self:
        return cls(figures=[ComparedOut.model_validate(line, from_attributes=True) for line in found])


class DerivedClusterOut(BaseModel):
    cluster: str
    status: DesignationStatus | None = Field(description="on the day `as_of`; null for an applicant")
    values: dict[str, DerivedOut]
    growth_percent: dict[str, Figure] = Field(description="growth on the year before, where there is a base")


class DerivedTableOut(BaseModel):
    data_year: int
    as_of: date
    counted: int = Field(description="clusters that hold a designation on the day `as_of`")
    clusters: list[DerivedClusterOut]
    totals: dict[str, Figure] = Field(
        description="sums over the counted clusters of the indicators that add up; a shared firm counts once"
    )


class AttestedIn(BaseModel, extra="forbid"):
    round: Code
    cluster: Code
    indicator: Code
    data_year: Year
    value: DecimalText
    document_number: DocumentNumber
    note: Note | None = None

    def aggregate(self) -> NewAggregate:
        return NewAggregate(**{**self.model_dump(), "value": Decimal(self.value)})


class AttestedOut(BaseModel):
    id: UUID
    cluster: Annotated[str, Field(validation_alias=AliasChoices("cluster_code", "cluster"))]
    indicator: str
    data_year: int
    value: Figure
    department: str
    document_number: str
