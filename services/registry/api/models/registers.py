"""Registers and their entries on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import AliasChoices, AliasPath, BaseModel, Field

from services.registry.domain.registers.cells import Cell
from services.registry.domain.registers.entries import given_cells
from services.registry.domain.registers.fields import Field as RegisterField
from services.registry.domain.registers.register import Register
from shared.web.fields import Note

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

    @classmethod
    def of(cls, spec: RegisterField) -> Self:
        return cls(
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

    @classmethod
    def of(cls, register: Register) -> Self:
        return cls(
            code=register.code,
            zh=register.zh,
            en=register.en,
            clause=register.clause,
            key=list(register.key),
            name=register.name,
            writers=sorted(register.writers),
            note=register.note,
            fields_=[FieldOut.of(spec) for spec in register.fields],
        )


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


class ProjectOut(BaseModel):
    """What the register says of a project; who gives it money or priority refers to it by its code."""

    code: str = Field(description="national project code")
    name: str
    unit: str = Field(description="unit that builds it")
    cluster: str
    county_code: str = Field(description="of its cluster, as that is called now")
    division_path: list[str] = Field(description="from the province down to the county")
    investment_fen: int
    stage: str


class EntriesIn(BaseModel, extra="forbid"):
    """Entries by field code; decimals and dates as text. All are kept or none."""

    entries: Annotated[
        list[dict[Annotated[str, Field(max_length=64)], CellValue]], Field(min_length=1, max_length=1_000)
    ]
    note: Note | None = None

    def cells(self) -> list[dict[str, Cell]]:
        return [given_cells(entry) for entry in self.entries]


class EntryIn(BaseModel, extra="forbid"):
    entry: dict[Annotated[str, Field(max_length=64)], CellValue]
    note: Note | None = None

    def cells(self) -> dict[str, Cell]:
        return given_cells(self.entry)


class WithdrawalIn(BaseModel, extra="forbid"):
    reason: Note


class BatchOut(BaseModel):
    batch: UUID
    added: Annotated[int, Field(validation_alias=AliasChoices("added", AliasPath("counts", "added")))]
    changed: Annotated[int, Field(validation_alias=AliasChoices("changed", AliasPath("counts", "changed")))]
    unchanged: Annotated[
        int, Field(validation_alias=AliasChoices("unchanged", AliasPath("counts", "unchanged")))
    ]


class WithdrawalOut(BaseModel):
    batch: UUID
