"""Case notes (典型经验, 27号 三(五)): a county or city writes what worked, the province publishes it.

    submitted ──publish──▶ published ──withdraw──▶ withdrawn
        │  ▲
    send back, revise
        ▼  │
    sent_back

Who publishes or sends back has written no part of the note, and publishes the content that they have read. A published
note is never changed; one that must not stay is withdrawn with its reason.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from services.registry.domain.divisions import Divisions
from shared.documents.canonical import decimal_text, document_hash
from shared.errors import Kind, MakerCannotCheck, Refusal, Stale
from shared.web.principals import Principal, person_of


class CaseNoteState(StrEnum):
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


_ZH: Final = {
    CaseNoteState.SUBMITTED: "待审核",
    CaseNoteState.SENT_BACK: "已退回",
    CaseNoteState.PUBLISHED: "已发布",
    CaseNoteState.WITHDRAWN: "已撤下",
}


class CaseNoteNotInState(Refusal):
    """What was asked does not go from where the note is."""

    kind = Kind.CONFLICT
    code = "case-note-not-in-state"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that a note gives, with its unit and the year that it is of."""

    name: str
    value: Decimal
    unit: str
    year: int

    @property
    def told(self) -> dict[str, str | int]:
        """As it is hashed and kept."""
        return {**asdict(self), "value": decimal_text(self.value)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNoteContent:
    title: str
    text: str
    what_was_done: str
    figures: Sequence[Figure]
    source: str

    def hash(self, *, cluster: str) -> str:
        return document_hash(
            {
                "cluster": cluster,
                "title": self.title,
                "text": self.text,
                "what_was_done": self.what_was_done,
                "figures": [entry.told for entry in self.figures],
                "source": self.source,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """``makers``: everybody who wrote a part of it, as events name them; ``reason`` of the last sending back or of the
    withdrawal."""

    code: str
    cluster_code: str
    division_path: tuple[str, ...]
    state: CaseNoteState
    version: int
    content: CaseNoteContent
    makers: tuple[str, ...]
    unit: str
    reviewed_by: str | None = None
    reason: str | None = None
    published_on: date | None = None
    content_hash: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "content_hash", self.content.hash(cluster=self.cluster_code))

    def _require(self, *states: CaseNoteState) -> None:
        if self.state not in states:
            raise CaseNoteNotInState(
                f"{self.code} {_ZH[self.state]},此操作要求:{'、'.join(_ZH[state] for state in states)}",
                f"{self.code} is {self.state.value}; this takes: {', '.join(state.value for state in states)}",
            )

    def revised(self, content: CaseNoteContent, *, version: int, by: Principal) -> "CaseNote":
        """Rewritten before it is published; it waits for its review again."""
        self._require(CaseNoteState.SUBMITTED, CaseNoteState.SENT_BACK)
        if version != self.version:
            raise Stale("内容已被他人修改,请刷新后重试", "Somebody else has changed it; reload and try again")
        return replace(
            self,
            state=CaseNoteState.SUBMITTED,
            version=self.version + 1,
            content=content,
            makers=tuple(sorted({*self.makers, by.actor})),
            unit=by.unit,
        )

    def published(self, *, content_hash: str, by: Principal, today: date) -> "CaseNote":
        self._require(CaseNoteState.SUBMITTED)
        self._require_other(by)
        if content_hash != self.content_hash:
            raise Stale(
                "内容已改动,请核对后再发布", "The content has changed; read it again before publishing"
            )
        return replace(
            self,
            state=CaseNoteState.PUBLISHED,
            version=self.version + 1,
            reviewed_by=by.actor,
            reason=None,
            published_on=today,
        )

    def sent_back(self, *, reason: str, by: Principal) -> "CaseNote":
        self._require(CaseNoteState.SUBMITTED)
        self._require_other(by)
        return replace(
            self,
            state=CaseNoteState.SENT_BACK,
            version=self.version + 1,
            reviewed_by=by.actor,
            reason=reason,
        )

    def withdrawn(self, *, reason: str, by: Principal) -> "CaseNote":
        """No longer shown to the public."""
        self._require(CaseNoteState.PUBLISHED)
        return replace(
            self,
            state=CaseNoteState.WITHDRAWN,
            version=self.version + 1,
            reviewed_by=by.actor,
            reason=reason,
        )

    def _require_other(self, reviewer: Principal) -> None:
        if reviewer.person in {person_of(maker) for maker in self.makers}:
            raise MakerCannotCheck(
                "撰写人不能审核自己的典型经验,须由另一人办理",
                "Who wrote a case note may not review it; another person must",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCaseNote:
    """What the public reads: no names of persons."""

    code: str
    cluster: str
    cluster_name: str
    county_code: str
    county_name: str
    title: str
    text: str
    what_was_done: str
    figures: Sequence[Figure]
    source: str
    published_on: date

    def called_now(self, divisions: Divisions) -> "PublishedCaseNote":
        """With its county's code and name of today."""
        county = divisions.now(self.county_code)
        return replace(self, county_code=county.code, county_name=county.name)
