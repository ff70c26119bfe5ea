"""What registers, uploads and imports look like on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from services.registry.domain.registers.register import Register
from services.registry.use_cases.registers.keep_entries import Kept
from shared.web.fields import Name, Note, Sha256

CellValue = (
    Annotated[str, Field(max_length=5_000)] | int | bool | list[Annotated[str, Field(max_length=64)]] | None
)


class FieldOut(BaseModel):
    code: str
    zh: str
    en: str
    kind: str
    required: bool
    unit: str
    choices: list[dict[str, str]]
    register_: Annotated[str, Field(serialization_alias="register", description="what a reference points to")]
    help: str


class RegisterOut(BaseModel):
    code: str
    zh: str
    en: str
    clause: str
    key: list[str]
    name: str
    writers: list[str]
    note: str
    fields_: Annotated[list[FieldOut], Field(serialization_alias="fields")]


class RegisterList(BaseModel):
    registers: list[RegisterOut]


class EntryOut(BaseModel):
    """One entry; `version` is what `If-Match` takes."""

    key: str
    version: int
    county_code: str
    name: str
    valid_from: date
    valid_to: date | None
    source: str
    period: str
    definition: str
    provenance: str
    data: dict[str, Any]
    recorded_at: datetime


class PastEntryOut(EntryOut):
    superseded_at: datetime | None = Field(
        description="when the registry stopped believing so; null: still does"
    )


class EntryHistory(BaseModel):
    entries: list[PastEntryOut]


class EntriesIn(BaseModel, extra="forbid"):
    """Entries by field code; decimals and dates as text. All are kept or none."""

    entries: Annotated[
        list[dict[Annotated[str, Field(max_length=64)], CellValue]], Field(min_length=1, max_length=1_000)
    ]
    note: Note | None = None


class EntryIn(BaseModel, extra="forbid"):
    entry: dict[Annotated[str, Field(max_length=64)], CellValue]
    note: Note | None = None


class WithdrawalIn(BaseModel, extra="forbid"):
    reason: Note


class BatchOut(BaseModel):
    batch: UUID
    added: int
    changed: int
    unchanged: int


class WithdrawalOut(BaseModel):
    batch: UUID


class UploadIn(BaseModel, extra="forbid"):
    file_name: Name
    bytes_: Annotated[int, Field(alias="bytes", ge=1, le=2**40, strict=True)]
    sha256: Sha256
    purpose: Literal["import", "evidence"]


class UploadOut(BaseModel):
    id: UUID
    file_name: str
    bytes_: Annotated[int, Field(serialization_alias="bytes")]
    sha256: str
    purpose: Literal["import", "evidence"]
    kind: str | None = Field(description="by its content, once it is complete")


class PartOut(BaseModel):
    received_bytes: int


class ImportIn(BaseModel, extra="forbid"):
    upload: UUID
    mode: Annotated[
        Literal["check", "apply"],
        Field(description="check: a dry run that lists all problems and keeps nothing"),
    ]


class ProblemOut(BaseModel):
    sheet: str
    row: int = Field(description="as the spreadsheet counts; 0: the file as a whole")
    column: str = Field(description="heading of the column")
    field: str
    rule: str
    severity: Literal["error", "warning"]
    message: str
    message_en: str


class ImportOut(BaseModel):
    """`refused`: there are errors and nothing was kept. All problems: the report, or page by page."""

    id: UUID
    target: str
    mode: Literal["check", "apply"]
    state: Literal["checked", "refused", "applied"]
    rows: int
    errors: int
    warnings: int
    added: int
    changed: int
    unchanged: int
    batch: UUID | None


def register_out(register: Register) -> RegisterOut:
    return RegisterOut(
        code=register.code,
        zh=register.zh,
        en=register.en,
        clause=register.clause,
        key=list(register.key),
        name=register.name,
        writers=sorted(register.writers),
        note=register.note,
        fields_=[
            FieldOut(
                code=spec.code,
                zh=spec.zh,
                en=spec.en,
                kind=spec.kind.value,
                required=spec.required,
                unit=spec.unit,
                choices=[{"code": c.code, "zh": c.zh, "en": c.en} for c in spec.choices],
                register_=spec.register,
                help=spec.help,
            )
            for spec in register.fields
        ],
    )


def entry_out(row: Any) -> EntryOut:
    return EntryOut(
        version=row["id"], **{name: row[name] for name in EntryOut.model_fields if name != "version"}
    )


def past_entry_out(row: Any) -> PastEntryOut:
    return PastEntryOut(
        version=row["id"], **{name: row[name] for name in PastEntryOut.model_fields if name != "version"}
    )


def batch_out(kept: Kept) -> BatchOut:
    assert kept.batch_id is not None  # noqa: S101 - what is kept has a batch
    return BatchOut(
        batch=kept.batch_id,
        added=kept.counts.added,
        changed=kept.counts.changed,
        unchanged=kept.counts.unchanged,
    )


def upload_out(row: Any) -> UploadOut:
    return UploadOut(
        id=row["id"],
        file_name=row["file_name"],
        bytes_=row["bytes"],
        sha256=row["sha256"],
        purpose=row["purpose"],
        kind=row["kind"],
    )


def import_out(row: Any) -> ImportOut:
    return ImportOut(
        id=row["id"],
        target=row["target"],
        mode=row["mode"],
        state=row["state"],
        rows=row["rows"],
        errors=row["errors"],
        warnings=row["warnings"],
        added=row["result"]["added"],
        changed=row["result"]["changed"],
        unchanged=row["result"]["unchanged"],
        batch=row["batch_id"],
    )
