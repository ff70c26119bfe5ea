"""Case notes on the wire: as their division works with them, and as the public reads them."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.registry.api.models.decimals import Figure as DecimalOut
from services.registry.domain.case_notes import CaseNote, CaseNoteContent, CaseNoteState, Figure
from shared.web.fields import Code, DecimalText, Name, Note, Sha256, Year


class FigureIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Name
    value: DecimalText
    unit: Name
    year: Year


class CaseNoteContentIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: Name
    text: Note
    what_was_done: Note
    figures: Annotated[list[FigureIn], Field(max_length=50)] = []
    source: Name

    def content(self) -> CaseNoteContent:
        return CaseNoteContent(
            title=self.title,
            text=self.text,
            what_was_done=self.what_was_done,
            figures=[
                Figure(entry.name, Decimal(entry.value), entry.unit, entry.year) for entry in self.figures
            ],
            source=self.source,
        )


class CaseNoteIn(CaseNoteContentIn):
    cluster: Code


class PublicationIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    content_hash: Annotated[Sha256, Field(description="of the content that was read")]


class ReasonIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Note


class FigureOut(BaseModel):
    name: str
    value: DecimalOut
    unit: str
    year: int


class CaseNoteOut(BaseModel):
    code: str
    cluster: str
    state: CaseNoteState
    version: int
    content_hash: str
    title: str
    text: str
    what_was_done: str
    figures: list[FigureOut]
    source: str
    unit: str = Field(description="who wrote it last")
    reason: str | None = Field(description="why it was sent back or withdrawn")
    published_on: date | None

    @model_validator(mode="before")
    @classmethod
    def _of_note(cls, found: object) -> object:
        if not isinstance(found, CaseNote):
            return found
        content = found.content
        return {
            "code": found.code,
            "cluster": found.cluster_code,
            "state": found.state,
            "version": found.version,
            "content_hash": found.content_hash,
            "title": content.title,
            "text": content.text,
            "what_was_done": content.what_was_done,
            "figures": [FigureOut.model_validate(entry, from_attributes=True) for entry in content.figures],
            "source": content.source,
            "unit": found.unit,
            "reason": found.reason,
            "published_on": found.published_on,
        }


class PublishedCaseNoteOut(BaseModel):
    """What the public reads: offices and clusters, no persons."""

    code: str
    cluster: str
    cluster_name: str
    county_code: str
    county_name: str
    title: str
    text: str
    what_was_done: str
    figures: list[FigureOut]
    source: str
    published_on: date
