"""Incentive rules as data: how reward money is shared, and which instruments give a project priority.

A version is published as a whole and never changed. Every rule says where it comes from: ``official`` cites a
clause, ``published`` a published figure, ``illustrative`` is ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.funding.domain.rules.document_form import DocumentNumberForm
from services.funding.domain.rules.reward import RewardRules, codes_of
from services.funding.domain.rules.vocabulary import Named, ReviewedBy, Status, Use
from shared.policy.documents import SourceDocument
from shared.policy.source import Source


@dataclass(frozen=True, slots=True)
class ListedKind:
    """A kind of project on a negative list; ``exceptions`` are kinds that its words leave out (除…以外)."""

    name: Named
    exceptions: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class NegativeList:
    """What an instrument may not fund, from the day on which its document became public until the next list."""

    document: SourceDocument
    items: tuple[ListedKind, ...]

    def item(self, code: str) -> ListedKind | None:
        return next((item for item in self.items if item.name.code == code), None)

    def excepts(self, code: str) -> bool:
        return any(exception.code == code for item in self.items for exception in item.exceptions)


@dataclass(frozen=True, slots=True)
class Instrument:
    """What a project of a designated cluster may get priority for, and the test that it must pass itself."""

    name: Named
    statuses: frozenset[Status]
    uses: tuple[Use, ...]
    minimum_revenue_cover: Decimal
    revenue_cover_source: Source
    required_approvals: tuple[Named, ...]
    order_source: Source
    valid_months: int
    validity_source: Source
    negative_lists: tuple[NegativeList, ...] = ()
    """The oldest first; none where the instrument has no negative list at all."""

    def list_in_force(self, day: date) -> NegativeList | None:
        """The last one whose document was public on that day."""
        return next((entry for entry in reversed(self.negative_lists) if entry.document.is_public(day)), None)

    def use(self, code: str) -> Use | None:
        return next((use for use in self.uses if use.name.code == code), None)


@dataclass(frozen=True, slots=True)
class Example:
    """A policy officer's worked example: this ranking and budget, these amounts (or this refusal)."""

    name: str
    budget_fen: int
    units: tuple[Mapping[str, str], ...]
    amounts_fen: Mapping[str, int]
    remainder_fen: int | None
    refused: str | None


@dataclass(frozen=True, slots=True)
class IncentiveRules:
    id: str
    version: str
    programme: str
    purpose: str
    title_zh: str
    title_en: str
    source: Source
    effective_from: date
    effective_to: date | None
    reward: RewardRules
    instruments: tuple[Instrument, ...]
    uses: tuple[Use, ...] = ()
    """What the reward money is for; where the rules name nothing, it is the county's to say."""
    examples: tuple[Example, ...] = ()
    document_numbers: DocumentNumberForm | None = None
    """The form that document numbers of the programme's money have, where it is not the standard one."""
    orders_reviewed_by: ReviewedBy | None = None
    """Who reviews fund orders of the programme's money, where the rules speak of it."""
    document: SourceDocument | None = None
    """What the rules stand on; official rules have one."""

    @property
    def documents(self) -> tuple[SourceDocument, ...]:
        """Everything that must be public before the rules are published."""
        lists = [entry.document for instrument in self.instruments for entry in instrument.negative_lists]
        return (*lists,) if self.document is None else (self.document, *lists)

    def in_effect(self, day: date) -> bool:
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)

    @property
    def interval(self) -> tuple[str, str]:
        """From which day to which the rules are in effect, for messages."""
        if self.effective_to is None:
            return f"{self.effective_from} 起生效", f"from {self.effective_from} on"
        return (
            f"生效期 {self.effective_from} 至 {self.effective_to}",
            f"from {self.effective_from} to {self.effective_to}",
        )

    def award_clauses(self) -> dict[str, str]:
        """What an award by a tier or rule follows: the clause of the reward and the rule's own place."""
        where = f"{self.source.cited}; {self.id} {self.version} reward"
        clauses = {code: f"{where}.amounts.{code}" for code in codes_of(self.reward.amounts)}
        return clauses | {"next_rank": f"{where}.remainder.next_rank_fen"}

    def instrument(self, code: str) -> Instrument | None:
        return next((entry for entry in self.instruments if entry.name.code == code), None)
