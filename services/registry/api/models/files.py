"""Uploads and imports on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AliasChoices, AliasPath, BaseModel, Field, model_validator

from services.registry.use_cases.files.show_import import SheetProblem
from services.registry.use_cases.files.upload_files import Announced
from shared.web.fields import Name, Sha256


class UploadIn(BaseModel, extra="forbid"):
    file_name: Name
    bytes_: Annotated[int, Field(alias="bytes", ge=1, le=2**40, strict=True)]
    sha256: Sha256
    purpose: Literal["import", "evidence"]

    def announced(self) -> Announced:
        return Announced(self.file_name, self.bytes_, self.sha256, self.purpose)


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

    @model_validator(mode="before")
    @classmethod
    def _of_problem(cls, found: object) -> object:
        if not isinstance(found, SheetProblem):
            return found
        problem = found.problem
        return {
            "sheet": found.sheet,
            "row": problem.row,
            "column": problem.column,
            "field": problem.field,
            "rule": problem.rule,
            "severity": problem.severity,
            "message": problem.zh,
            "message_en": problem.en,
        }


class ImportOut(BaseModel):
    """`refused`: there are errors and nothing was kept. All problems: the report, or page by page."""

    id: UUID
    target: str
    mode: Literal["check", "apply"]
    state: Literal["checked", "refused", "applied"]
    rows: int
    errors: int
    warnings: int
    added: Annotated[int, Field(validation_alias=AliasChoices("added", AliasPath("counts", "added")))]
    changed: Annotated[int, Field(validation_alias=AliasChoices("changed", AliasPath("counts", "changed")))]
    unchanged: Annotated[
        int, Field(validation_alias=AliasChoices("unchanged", AliasPath("counts", "unchanged")))
    ]
    batch: UUID | None
