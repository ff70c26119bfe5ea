"""What lies beside a filing, on the wire: proposals, comparisons, checks on the spot, evidence, reminders."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.registry.api.models.filings import ProvenanceName, ValueStateName
from services.registry.domain.filings.filing import FilingState
from services.registry.use_cases.derived.derive_indicators import Compared, DerivedTable, DerivedValue
from services.registry.use_cases.filings.compare_versions import Change
from services.registry.use_cases.filings.remind_counties import Reminders
from services.registry.use_cases.forms.prefill_filing import Proposal
from shared.documents.canonical import decimal_text
from shared.web.fields import Code, DecimalText, DocumentNumber, Name, Note, Year


class ProposedValue(BaseModel):
    indicator: str
    data_year: int
    state: ValueStateName
    value: str | None
    definition: str
    provenance: ProvenanceName
    source: str


class OpenValue(BaseModel):
    indicator: str
    data_year: int


class ProposalOut(BaseModel):
    round: str
    values: list[ProposedValue]
    open: list[OpenValue] = Field(description="asked for, and nothing is known")


class FormImportIn(BaseModel, extra="forbid"):
    upload: UUID
    round: Code
    cluster: Code
    version: Annotated[
        int | None, Field(ge=1, le=10**9, description="of the filing that is replaced; none: a new one")
    ] = None
    mode: Literal["check", "apply"]


class ChangeOut(BaseModel):
    part: Literal["value", "fact", "waiver"]
    field: str
    data_year: int | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ChangeList(BaseModel):
    changes: list[ChangeOut]


class DerivedOut(BaseModel):
    value: str
    origin: Literal["registers", "attested"]
    source: str


class ComparedOut(BaseModel):
    indicator: str
    data_year: int
    reported: str | None
    derived: DerivedOut | None
    difference: str | None = Field(description="reported less derived")
    percent: str | None = Field(description="the difference in percent of the derived figure")
    reported_growth_percent: str | None = Field(
        description="growth of the reported figure on the year before"
    )
    derived_growth_percent: str | None = Field(description="growth of the derived figure on the year before")


class Comparison(BaseModel):
    figures: list[ComparedOut]


class DerivedClusterOut(BaseModel):
    cluster: str
    values: dict[str, DerivedOut]
    growth_percent: dict[str, str] = Field(description="growth on the year before, where there is a base")


class DerivedTableOut(BaseModel):
    data_year: int
    clusters: list[DerivedClusterOut]
    totals: dict[str, str] = Field(
        description="sums of the indicators that add up; a shared firm counts once"
    )


class OnSiteCheckIn(BaseModel, extra="forbid"):
    indicator: Code
    data_year: Year
    confirmed: DecimalText
    note: Note


class OnSiteCheckOut(BaseModel):
    id: UUID
    indicator: str
    data_year: int
    original: str | None
    confirmed: str
    note: str
    checked_by: str
    unit: str
    business_date: date


class OnSiteCheckList(BaseModel):
    checks: list[OnSiteCheckOut]


class AttestedIn(BaseModel, extra="forbid"):
    round: Code
    cluster: Code
    indicator: Code
    data_year: Year
    value: DecimalText
    document_number: DocumentNumber
    note: Note | None = None


class AttestedOut(BaseModel):
    id: UUID
    cluster: str
    indicator: str
    data_year: int
    value: str
    department: str
    document_number: str


EvidenceKind = Literal["stamped_scan", "table", "contract", "certificate", "photo", "other"]


class EvidenceIn(BaseModel, extra="forbid"):
    upload: UUID
    kind: EvidenceKind
    title: Name
    indicator: Code | None = None
    data_year: Year | None = None


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


def proposal_out(found: Proposal) -> ProposalOut:
    return ProposalOut(
        round=found.round.dates.code,
        values=[
            ProposedValue(
                indicator=value.indicator,
                data_year=value.data_year,
                state=value.state,
                value=_text(value.value),
                definition=value.definition,
                provenance=value.provenance,
                source=value.source,
            )
            for value in found.values
        ],
        open=[OpenValue(indicator=indicator, data_year=year) for indicator, year in found.open],
    )


def change_out(change: Change) -> ChangeOut:
    return ChangeOut(
        part=change.part,
        field=change.field,
        data_year=change.data_year,
        before=None if change.before is None else dict(change.before),
        after=None if change.after is None else dict(change.after),
    )


def compared_out(line: Compared) -> ComparedOut:
    return ComparedOut(
        indicator=line.indicator,
        data_year=line.data_year,
        reported=_text(line.reported),
        derived=None if line.derived is None else _derived(line.derived),
        difference=_text(line.difference),
        percent=_text(line.percent),
        reported_growth_percent=_text(line.reported_growth_percent),
        derived_growth_percent=_text(line.derived_growth_percent),
    )


def derived_table_out(found: DerivedTable, *, data_year: int) -> DerivedTableOut:
    return DerivedTableOut(
        data_year=data_year,
        clusters=[
            DerivedClusterOut(
                cluster=code,
                values={name: _derived(entry) for name, entry in sorted(own.items())},
                growth_percent={
                    name: decimal_text(growth) for name, growth in sorted(found.growth_percent[code].items())
                },
            )
            for code, own in sorted(found.values.items())
        ],
        totals={code: decimal_text(total) for code, total in sorted(found.totals.items())},
    )


def on_site_check_out(row: Mapping[str, Any]) -> OnSiteCheckOut:
    fields = {name: row[name] for name in OnSiteCheckOut.model_fields}
    return OnSiteCheckOut(
        **{**fields, "original": _text(row["original"]), "confirmed": decimal_text(row["confirmed"])}
    )


def evidence_out(row: Mapping[str, Any]) -> EvidenceOut:
    fields = {name: row[name] for name in EvidenceOut.model_fields if name != "bytes_"}
    return EvidenceOut(**fields, bytes_=row["bytes"])


def reminders_out(found: Reminders) -> RemindersOut:
    return RemindersOut.model_validate(found, from_attributes=True)


def _derived(found: DerivedValue) -> DerivedOut:
    return DerivedOut(value=decimal_text(found.value), origin=found.origin, source=found.source)


def _text(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)
