"""What scoring answers of schemes."""

from datetime import date
from typing import Literal

from pydantic import Field

from services.scoring.api.models.answer import Answer, StoredDocument


class SchemeVersionOut(Answer):
    scheme: str = Field(examples=["hubei-county-clusters"])
    version: str = Field(examples=["2024.1"])
    programme: str
    state: Literal["draft", "published", "retired"]
    sha256: str = Field(description="hash of the scheme's canonical bytes")
    drafted_by: str
    published_by: str | None
    published_on: date | None
    retired_on: date | None


class SchemeVersionWithDocument(SchemeVersionOut):
    document: StoredDocument
