"""Answers about incentive rules."""

from datetime import date
from typing import Any

from pydantic import Field

from services.funding.api.models.answer import Answer


class IncentiveVersionOut(Answer):
    incentive: str = Field(examples=["hubei-county-clusters-incentive"])
    version: str = Field(examples=["2024.1"])
    programme: str
    sha256: str = Field(description="hash of the rules' canonical bytes")
    published_by: str
    published_on: date


class IncentiveVersionWithDocument(IncentiveVersionOut):
    document: dict[str, Any]


class IncentiveVersionList(Answer):
    versions: list[IncentiveVersionOut]
