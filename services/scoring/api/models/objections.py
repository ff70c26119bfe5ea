"""What scoring answers of objections and their rulings."""

from datetime import date
from typing import Literal

from pydantic import Field

from services.scoring.api.models.answer import Answer


class ObjectionReceipt(Answer):
    assessment: str
    number: int
    unit: str
    filed_on: date


class RulingOut(Answer):
    ruling: Literal["upheld", "rejected"]
    reason: str
    remedy: Literal["correction", "removal"] | None
    release_sha256: str | None = Field(description="the superseding release of an upheld objection")
    ruled_on: date


class ObjectionOut(ObjectionReceipt):
    statement: str
    objector_name: str | None = Field(description="for the ruling officer only")
    objector_contact: str | None = Field(description="for the ruling officer only")
    ruling: RulingOut | None
