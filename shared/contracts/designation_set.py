"""DesignationSet: which clusters hold what status on a day, as the registry tells funding."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from shared.contracts.document import Document, Part, Sha256

DesignationStatus = Literal[
    "designated", "cultivated", "refused", "dropped", "rectification", "removed", "succeeded"
]


class Designation(Part):
    """``level``: one of the programme's; of a cluster that holds no designation, the one that it asked for or lost."""

    cluster: str
    name: str
    county_code: str
    county_name: str
    division_path: tuple[str, ...]
    status: DesignationStatus
    level: str
    document_number: str
    effective_from: date
    release_sha256: Sha256 | None


class DesignationSet(Document):
    schema_: Literal["county-clusters/designation-set/1"] = Field(
        default="county-clusters/designation-set/1", alias="schema"
    )
    programme: str
    programme_version: str
    as_of: date
    designations: tuple[Designation, ...]

    @model_validator(mode="after")
    def _sorted(self) -> Self:
        codes = [designation.cluster for designation in self.designations]
        if codes != sorted(set(codes)):
            raise ValueError("designations must be unique and sorted by cluster")
        return self
