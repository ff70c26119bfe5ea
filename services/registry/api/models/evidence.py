"""Evidence and checks on the spot on the wire."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, Field

from services.registry.api.models.decimals import Figure
from services.registry.domain.filings.evidence import Evidence, EvidenceKind, NewEvidence
from services.registry.domain.filings.on_site import OnSiteCheck
from services.registry.use_cases.evidence.check_on_site import FoundOnSite
from shared.web.fields import Code, DecimalText, Name, Note, Year


class OnSiteCheckIn(BaseModel, extra="forbid"):
    indicator: Code
    data_year: Year
    confirmed: DecimalText
    note: Note

    def found(self) -> FoundOnSite:
        return FoundOnSite(self.indicator, self.data_year, Decimal(self.confirmed), self.note)


class OnSiteCheckOut(BaseModel):
    id: UUID
    indicator: str
    data_year: int
    original: Figure | None
    confirmed: Figure
    note: str
    checked_by: str
    unit: str
    business_date: date


class OnSiteCheckList(BaseModel):
    checks: list[OnSiteCheckOut]

    @classmethod
    def of(cls, found: Sequence[OnSiteCheck]) -> Self:
        return cls(checks=[OnSiteCheckOut.model_validate(check, from_attributes=True) for check in found])


class EvidenceIn(BaseModel, extra="forbid"):
    upload: UUID
    kind: EvidenceKind
    title: Name
    indicator: Code | None = None
    data_year: Year | None = None

    def evidence(self) -> NewEvidence:
        return NewEvidence(self.upload, self.kind, self.title, self.indicator, self.data_year)


class EvidenceOut(BaseModel):
    id: UUID
    kind: EvidenceKind
    title: str
    indicator: str | None
    data_year: int | None
    file_name: str
    file_kind: str
    bytes_: Annotated[int, Field(serialization_alias="bytes")]
    sha256: str
    added_by: str
    recorded_at: datetime


class EvidenceList(BaseModel):
    evidence: list[EvidenceOut]

    @classmethod
    def of(cls, found: Sequence[Evidence]) -> Self:
        return cls(evidence=[EvidenceOut.model_validate(entry, from_attributes=True) for entry in found])
