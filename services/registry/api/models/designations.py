"""Designations on the wire; who holds what status is the border document itself."""

from typing import Annotated

from pydantic import BaseModel, Field

from shared.contracts.release import Release
from shared.web.fields import BusinessDate, Code, DocumentNumber


class DesignationsIn(BaseModel, extra="forbid"):
    """The signed final release as scoring gave it, and the designation document."""

    programme: Code
    release: Release
    signature: Annotated[
        str, Field(min_length=20, max_length=2000, description="compact JWS over the release's hash")
    ]
    document_number: DocumentNumber
    effective_from: BusinessDate


class DesignationsOut(BaseModel):
    release_sha256: str
    designation_set_sha256: str
    counts: dict[str, int] = Field(description="number of clusters in each status")
