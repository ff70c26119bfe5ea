"""A designation decision: what it gives to each cluster and why, who proposed it and who decided."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Literal

from shared.contracts.designation_set import DesignationStatus

#: On what an entry rests: a signed release of one of the two kinds; that a holder has no accepted return; that another
#: cluster ends in it; or a document from before the system, which never passes as a release.
Basis = Literal["application", "assessment", "silent", "succession", "earlier"]


class State(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Reason:
    """``rule``: its stable name; ``clause``: where a clause of the policy says so."""

    rule: str
    zh: str
    en: str
    clause: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What a cluster gets. ``level`` is that of its designation; of who holds none, the one that it asked for or lost.

    ``by_rule``: what the release and the programme's rules give; ``ground``: why the proposer departs from it, or why
    it succeeds another; ``due_on``: until when a holder rectifies; ``reminded``: it keeps its status, and is told;
    ``since`` and ``document_number``: of what was decided before the system.
    """

    cluster_code: str
    basis: Basis
    release_sha256: str | None
    before: DesignationStatus | None
    by_rule: DesignationStatus
    status: DesignationStatus
    level: str
    reasons: tuple[Reason, ...]
    reminded: bool = False
    due_on: date | None = None
    ground: str | None = None
    since: date | None = None
    document_number: str | None = None


@dataclass(frozen=True, slots=True)
class Rename:
    """A cluster's name from the decision's day on; its code stays."""

    cluster_code: str
    name: str


@dataclass(frozen=True, slots=True)
class Succession:
    """A merger or split: ``ending`` clusters go on in ``into``; one that is in both goes on under its code."""

    ending: tuple[str, ...]
    into: tuple[str, ...]
    ground: str


@dataclass(frozen=True, slots=True)
class NationalTitle:
    """A title that a ministry gave to a cluster by its document, with its level, in effect from a day on."""

    cluster_code: str
    level: str
    title: str
    ministry: str
    document_number: str
    awarded_on: date


@dataclass(frozen=True, slots=True)
class DecisionStep:
    number: int
    action: str
    subject: str
    unit: str
    note: str
    business_date: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """``releases``: the signed releases that it rests on; ``document_number``: of its approval;
    ``request_document_number``: of the request (请示) to which a higher authority's document replies."""

    code: str
    programme: str
    programme_version: str
    assessment_year: int | None
    effective_from: date
    state: State
    document_number: str | None
    request_document_number: str | None
    releases: Sequence[str] = ()
    entries: Sequence[Entry] = ()
    titles: Sequence[NationalTitle] = ()
    renames: Sequence[Rename] = ()
    successions: Sequence[Succession] = ()
    steps: Sequence[DecisionStep] = ()

    @property
    def counts(self) -> Mapping[str, int]:
        """How many clusters get each status."""
        return Counter(entry.status for entry in self.entries)


#: What may follow a status. A cluster that was never on a list has none.
NEXT: Final[dict[DesignationStatus | None, frozenset[DesignationStatus]]] = {
    None: frozenset({"designated", "cultivated", "refused"}),
    "refused": frozenset({"designated", "cultivated", "refused"}),
    "dropped": frozenset({"designated", "cultivated", "refused"}),
    "cultivated": frozenset({"designated", "cultivated", "dropped", "succeeded"}),
    "designated": frozenset({"designated", "rectification", "removed", "succeeded"}),
    "rectification": frozenset({"designated", "removed", "succeeded"}),
    "succeeded": frozenset(),
    "removed": frozenset({"designated", "cultivated", "refused"}),
}
