"""Designation decisions on the wire; who holds what status is the border document itself."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, model_validator

from services.registry.domain.decisions.checks import Change
from services.registry.domain.decisions.decision import Basis, Entry, NationalTitle, Rename, Succession
from services.registry.domain.designations import ClusterDesignation
from services.registry.use_cases.decisions.propose_decision import SignedRelease, Wish
from services.registry.use_cases.decisions.show_decisions import DecidedDesignation
from shared.contracts.designation_set import DesignationStatus
from shared.contracts.release import Release
from shared.web.fields import BusinessDate, Code, DocumentNumber, Name, Note


class SignedReleaseIn(BaseModel, extra="forbid"):
    """A final release as scoring gave it."""

    release: Release
    signature: Annotated[
        str, Field(min_length=20, max_length=2000, description="compact JWS over the release's hash")
    ]


class ChangeIn(BaseModel, extra="forbid"):
    """Another status than the rules give, with its ground."""

    cluster: Code
    status: DesignationStatus
    ground: Note
    level: Annotated[
        Code | None, Field(description="of a designation; left out: as the rules give it, or as it is held")
    ] = None

    @model_validator(mode="after")
    def _level_of_a_designation(self) -> Self:
        if self.level is not None and self.status != "designated":
            raise ValueError("a level is given with the status designated only")
        return self


class TitleIn(BaseModel, extra="forbid"):
    """A title of a cluster (such as 国家级), by the document of a ministry."""

    cluster: Code
    level: Annotated[Code, Field(description="the programme's level that the title gives")]
    title: Name
    ministry: Name
    document_number: DocumentNumber
    awarded_on: BusinessDate


class RenameIn(BaseModel, extra="forbid"):
    cluster: Code
    name: Name


class SuccessionIn(BaseModel, extra="forbid"):
    """A merger (several end in one), a split (one ends in several), or both; who is in both goes on."""

    ending: Annotated[list[Code], Field(min_length=1, max_length=20)]
    into: Annotated[list[Code], Field(min_length=1, max_length=20)]
    ground: Note

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len(set(self.ending)) < len(self.ending) or len(set(self.into)) < len(self.into):
            raise ValueError("name each cluster once")
        return self


class DecisionIn(BaseModel, extra="forbid"):
    programme: Code
    releases: Annotated[
        list[SignedReleaseIn],
        Field(
            max_length=4,
            description="of one year: those of applicants and of holders together, or one of them",
        ),
    ] = []
    effective_from: BusinessDate
    changes: Annotated[list[ChangeIn], Field(max_length=1000)] = []
    titles: Annotated[list[TitleIn], Field(max_length=100)] = []
    renames: Annotated[list[RenameIn], Field(max_length=100)] = []
    successions: Annotated[list[SuccessionIn], Field(max_length=50)] = []
    opening: Annotated[
        bool,
        Field(
            strict=True,
            description="enters what the register `earlier-designations` holds and no decision is about yet",
        ),
    ] = False
    note: Note

    @model_validator(mode="after")
    def _about_something(self) -> Self:
        if not (self.releases or self.titles or self.renames or self.successions or self.opening):
            raise ValueError("give a release, a title, a rename, a succession or an opening")
        return self

    def wish(self) -> Wish:
        return Wish(
            programme=self.programme,
            releases=[SignedRelease(signed.release, signed.signature) for signed in self.releases],
            effective_from=self.effective_from,
            changes=[
                Change(change.cluster, change.status, change.ground, change.level) for change in self.changes
            ],
            titles=[
                NationalTitle(
                    title.cluster,
                    title.level,
                    title.title,
                    title.ministry,
                    title.document_number,
                    title.awarded_on,
                )
                for title in self.titles
            ],
            renames=[Rename(rename.cluster, rename.name) for rename in self.renames],
            successions=[
                Succession(tuple(sorted(own.ending)), tuple(sorted(own.into)), own.ground)
                for own in self.successions
            ],
            opening=self.opening,
            note=self.note,
        )


class ApprovalIn(BaseModel, extra="forbid"):
    minutes: Note
    document_number: DocumentNumber
    request_document_number: Annotated[
        DocumentNumber | None, Field(description="请示 to the higher authority, where that approves")
    ] = None


class RejectionIn(BaseModel, extra="forbid"):
    minutes: Note


class WithdrawalIn(BaseModel, extra="forbid"):
    reason: Note


class ReasonOut(BaseModel):
    rule: str
    zh: str
    en: str
    clause: str | None


class EntryOut(BaseModel):
    """What a cluster gets; ``by_rule`` is what release and rules give, ``ground`` why the decision departs from it."""

    cluster_code: str
    basis: Basis
    release_sha256: str | None
    before: DesignationStatus | None
    by_rule: DesignationStatus
    status: DesignationStatus
    level: str = Field(description="of the designation; of who holds none, the one that it asked for or lost")
    reminded: bool = Field(description="it keeps its status, and is told that it filed nothing")
    due_on: date | None = Field(description="until when it rectifies")
    ground: str | None
    since: date | None = Field(description="of what was decided before the system")
    document_number: str | None = Field(description="of what was decided before the system")
    reasons: list[ReasonOut]


class RenameOut(BaseModel):
    cluster_code: str
    name: str


class SuccessionOut(BaseModel):
    ending: list[str]
    into: list[str]
    ground: str


class TitleOut(BaseModel):
    cluster_code: str
    level: str
    title: str
    ministry: str
    document_number: str
    awarded_on: date


class DecisionStepOut(BaseModel):
    number: int
    action: str
    subject: str
    unit: str
    note: str
    business_date: date
    recorded_at: datetime


class DecisionSummaryOut(BaseModel):
    code: str
    programme: str
    programme_version: str
    assessment_year: int | None
    effective_from: date
    state: Literal["proposed", "approved", "rejected", "withdrawn"]
    document_number: str | None
    request_document_number: str | None


class DecisionOut(DecisionSummaryOut):
    releases: list[str]
    counts: dict[str, int] = Field(description="number of clusters that get each status")
    entries: list[EntryOut]
    titles: list[TitleOut]
    renames: list[RenameOut]
    successions: list[SuccessionOut]
    steps: list[DecisionStepOut]


class DecidedOut(BaseModel):
    """A status of a cluster, by which decision of which programme and why."""

    programme: str
    status: DesignationStatus
    level: str = Field(description="by this decision")
    title_levels: list[str] = Field(description="by titles of ministries, whenever they were given")
    effective_from: date
    due_on: date | None
    decision: str
    document_number: str
    reminded: bool
    reasons: list[ReasonOut]

    @classmethod
    def of(cls, found: DecidedDesignation) -> "DecidedOut":
        return cls.model_validate(_decided(found.designation, found.entry), from_attributes=True)


def _decided(own: ClusterDesignation, entry: Entry) -> dict[str, object]:
    return {
        "programme": own.programme,
        "status": own.status,
        "level": own.level,
        "title_levels": own.title_levels,
        "effective_from": own.effective_from,
        "due_on": own.due_on,
        "decision": own.decision,
        "document_number": own.document_number,
        "reminded": entry.reminded,
        "reasons": entry.reasons,
    }


class ClusterDecisionsOut(BaseModel):
    items: list[DecidedOut]

    @classmethod
    def of(cls, found: Sequence[DecidedDesignation]) -> "ClusterDecisionsOut":
        return cls(items=[DecidedOut.of(entry) for entry in found])


class DesignatedClusterOut(BaseModel):
    """What is announced of a designated cluster."""

    cluster: str
    name: str
    county_code: str
    county_name: str
    division_path: tuple[str, ...]
    level: str = Field(description="one of the programme's levels: the highest, by decision or title")
    document_number: str
    effective_from: date


class LevelOut(BaseModel):
    code: str
    zh: str
    en: str
    given_by: Literal["decision", "title"]


class DesignatedClustersOut(BaseModel):
    programme: str
    as_of: date
    levels: list[LevelOut] = Field(description="of status, from below")
    clusters: list[DesignatedClusterOut]
