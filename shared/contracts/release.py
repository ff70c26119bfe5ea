"""Release: what scoring signs. ``proposed`` after the assessment, ``final`` after decision, notice and objections."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from shared.contracts.document import DecimalString, Document, Part, Sha256
from shared.contracts.snapshot import RoundKind

ProposedStatus = Literal["designate", "cultivate", "refuse", "keep", "rectify", "remove"]


class SchemeReference(Part):
    id: str
    version: str
    sha256: Sha256


class Decision(Part):
    """The decision on the proposed lists: its minutes' document number and date."""

    document_number: str
    decided_on: date


class Notice(Part):
    """The public notice (公示): first and last day, both included."""

    starts_on: date
    ends_on: date
    days: int
    day_kind: Literal["calendar", "working"]


class ObjectionOutcome(Part):
    """What became of an objection; the objector's identity never enters."""

    number: int
    unit: str
    ruling: Literal["upheld", "rejected"]


class Outcomes(Part):
    """Named outcomes: may it be considered at all, did it develop well (27号 三(五)), what status is proposed."""

    eligible: bool
    developing_well: bool
    proposed_status: ProposedStatus


class Contribution(Part):
    """What a leaf or an adjustment adds to the score; all of a unit add up to it exactly."""

    node: str
    amount: DecimalString


class ReleaseUnit(Part):
    """A cluster's result. ``rank`` is null for a unit that the scheme excludes; ``removed`` keeps rank and score."""

    unit: str
    name: str
    county_code: str
    county_name: str
    division_path: tuple[str, ...]
    score: DecimalString | None
    rank: int | None
    grade: str | None
    outcomes: Outcomes
    removed: str | None
    contributions: tuple[Contribution, ...]


class Release(Document):
    schema_: Literal["county-clusters/release/1"] = Field(default="county-clusters/release/1", alias="schema")
    stage: Literal["proposed", "final"]
    programme: str
    programme_version: str
    assessment_year: int
    data_year: int
    kind: RoundKind
    number: int
    supersedes: Sha256 | None
    scheme: SchemeReference
    snapshot_sha256: Sha256
    proposed_sha256: Sha256 | None
    decision: Decision | None
    notice: Notice | None
    objections: tuple[ObjectionOutcome, ...]
    units: tuple[ReleaseUnit, ...]

    @model_validator(mode="after")
    def _stage_is_complete(self) -> Self:
        complete = None not in (self.proposed_sha256, self.decision, self.notice)
        if (self.stage == "final") != complete:
            raise ValueError("decision, notice and the proposed release are given exactly in a final release")
        codes = [unit.unit for unit in self.units]
        if codes != sorted(set(codes)):
            raise ValueError("units must be unique and sorted by code")
        return self
