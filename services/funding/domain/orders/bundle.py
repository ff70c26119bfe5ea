"""Orders that are judged together: each as if those before it had taken effect already.

All that they are judged by is read once, whatever their number; what an order changes is changed here for the next one.
"""

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from services.funding.domain.ledger.appropriations import Appropriation
from services.funding.domain.ledger.books import AccountKey, Purpose
from services.funding.domain.orders.facts import (
    NO_LISTINGS,
    Asked,
    DocumentUse,
    KnownListings,
    NamedList,
    OrderFacts,
    Owed,
    Plan,
    Register,
)
from services.funding.domain.orders.kinds import document_number_of, key_of, lines_of, posts_anew
from services.funding.domain.orders.money_orders import CarryIn, Grant, PassDown, Recovery, Variation, YearEnd
from services.funding.domain.orders.opening_orders import EarlierListingsReversal, Opening, OpeningReversal
from services.funding.domain.orders.order import MoneyOrder
from services.funding.domain.orders.plan_cuts import plans_cut_by
from services.funding.domain.orders.record_orders import (
    AppropriationCorrection,
    AwardListNumber,
    FinanceDivisionCodes,
    NewAppropriation,
)

#: By line, the division path of each cluster.
Paths = defaultdict[str, dict[str, Sequence[str]]]
#: Where an award is while it is the cluster's.
HELD = (Purpose.AWARDED, Purpose.PASSED_DOWN, Purpose.PAID)


@dataclass(slots=True)
class Bundle:
    """``paths``: by line, the division path of each cluster with an award or a grant. ``awarded``: line and cluster of
    each award. ``moved``: by account code, what moved on each day, in the order of days. ``documents``: by document
    number, the order that gave it to what bears it. ``held``, ``registered``, ``given_up``: by line and cluster,
    what is left of awards, what variations deduct from later ones, what passing down deducted for earlier ones.
    ``used``: by line, the rounds and orders that rest on it. ``openings``: by line, what opens it and is not reversed.
    ``opened``: document number and cluster of each award that a line was opened with. ``codes``: which division has
    each of finance's codes. ``redrawn``: by line, the key of the transfer by which a correction drew its money.
    ``listings``: of the projects that orders enter as listed before. ``kept``: under which code a recoded division's
    accounts are."""

    today: date
    lines: dict[str, Appropriation] = field(default_factory=dict)
    paths: Paths = field(default_factory=lambda: defaultdict(dict))
    awarded: set[tuple[str, str]] = field(default_factory=set)
    balances: dict[AccountKey, int] = field(default_factory=dict)
    moved: dict[str, list[tuple[date, int]]] = field(default_factory=lambda: defaultdict(list))
    documents: Mapping[str, Sequence[tuple[str, DocumentUse]]] = field(default_factory=dict)
    held: Counter[tuple[str, str]] = field(default_factory=Counter)
    registered: Counter[tuple[str, str]] = field(default_factory=Counter)
    given_up: Counter[tuple[str, str]] = field(default_factory=Counter)
    owed: list[Owed] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    projects: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    proposed_lines: Mapping[str, set[str]] = field(default_factory=dict)
    used: dict[str, set[str]] = field(default_factory=dict)
    openings: dict[str, set[str]] = field(default_factory=dict)
    opened: set[tuple[str, str]] = field(default_factory=set)
    lists: dict[str, NamedList] = field(default_factory=dict)
    codes: dict[str, str] = field(default_factory=dict)
    plans: list[Plan] = field(default_factory=list)
    listings: KnownListings = NO_LISTINGS
    redrawn: dict[str, str] = field(default_factory=dict)
    kept: Callable[[str], str] = str

    def facts_of(self, asked: Asked, *, register: Register | None = None) -> OrderFacts:
        """What the order is judged by now."""
        order, line = asked.order, self.lines.get(asked.line or "")
        accounts = lines_of(order, line, desk=asked.desk)
        return OrderFacts(
            asked=asked,
            today=self.today,
            line=line,
            balances={account: self.balances.get(account, 0) for account in accounts},
            later={account.code: self.moved.get(account.code, ()) for account in accounts},
            same_number=self._others_with_number(asked),
            listings=self.listings,
            register=register,
            kept=self.kept,
            **(self._about_record(asked) | ({} if line is None else self._about_money(asked, line))),
        )

    def _about_record(self, asked: Asked) -> dict[str, Any]:
        """What only orders about a record are judged by."""
        match asked.order:
            case NewAppropriation(appropriation=code):
                proposed = self.proposed_lines.get(code, set()) - {asked.number}
                return {"once_recorded": code in self.lines or bool(proposed)}
            case AppropriationCorrection(appropriation=code):
                return {"in_use": sorted(self.used.get(code, set()) - {asked.number})}
            case AwardListNumber(award_list=number):
                return {"award_list": self.lists.get(number)}
            case FinanceDivisionCodes():
                return {"code_holders": self.codes}
            case Opening(appropriation=code) | OpeningReversal(appropriation=code):
                openings = self.openings.get(code, set())
                in_use = self.used.get(code, set()) - openings - {asked.number}
                return {
                    "openings": sorted(openings - {asked.number}),
                    "in_use": sorted(in_use),
                    "opened_before": self.opened,
                }
            case _:
                return {}

    def _about_money(self, asked: Asked, line: Appropriation) -> dict[str, Any]:
        """What only orders that move a line's money are judged by."""
        match asked.order:
            case PassDown() as order:
                return {"paths": self.paths[line.code], "owed": self._owed_by(order, line)}
            case Grant() as order:
                return {"paths": self.paths[line.code], "project": self.projects.get(order.project)}
            case Variation() as order:
                deductible = self._deductible(line.code, order.cluster)
                return {"deductible_fen": deductible, "round_closed": line.code in self.closed}
            case CarryIn() as order:
                into = self.lines.get(order.into)
                own = into is not None and into.division_code == line.division_code
                return {"into": into if own else None}
            case Recovery() | YearEnd() as order:
                return {"plans": self._plans_of(order, line.code)}
            case _:
                return {}

    def take_effect(self, asked: Asked) -> None:
        """The next orders are judged after this one."""
        order, line = asked.order, self.lines.get(asked.line or "")
        for account, amount in lines_of(order, line, desk=asked.desk).items():
            self.balances[account] = self.balances.get(account, 0) + amount
            if amount and isinstance(order, MoneyOrder):
                insort(self.moved[account.code], (order.document_date, amount))
            if account.cluster is not None and account.purpose in HELD:
                self.held[account.appropriation, account.cluster] += amount
        match order:
            case Grant() if line is not None and asked.grant_path:
                self.paths[line.code].setdefault(order.cluster, asked.grant_path)
            case PassDown() if line is not None:
                for entry in order.lines:
                    self.given_up[line.code, entry.cluster] += entry.deducted_fen
                self._deduct(asked)
            case Variation(method="deduct_next_year") if line is not None and asked.number is not None:
                self.registered[line.code, order.cluster] += order.amount_fen
                self.owed.append(owed_by(order, line, asked.number))
                self.owed.sort(key=lambda owed: (owed.cluster, owed.fiscal_year, owed.deduction))
            case AppropriationCorrection() | Opening() | OpeningReversal() if line is not None:
                self._change_line(line, order, asked.number)
            case Recovery() | YearEnd() if line is not None:
                cuts = plans_cut_by(order)
                own = {(plan.county, plan.code) for plan in self._plans_of(order, line.code)}
                self.plans = [
                    replace(plan, planned_fen=cuts.get(plan.code, plan.planned_fen))
                    if (plan.county, plan.code) in own
                    else plan
                    for plan in self.plans
                ]
            case AwardListNumber() | FinanceDivisionCodes() | EarlierListingsReversal():
                self._change_record(order)
            case _:
                pass

    def deductions_made(self, asked: Asked) -> dict[str, int]:
        """By the order that registered it, what a passing down deducts: the oldest first."""
        order, line = asked.order, self.lines.get(asked.line or "")
        if not isinstance(order, PassDown) or line is None:
            return {}
        left = Counter[str]()
        for entry in order.lines:
            left[entry.cluster] += entry.deducted_fen
        made = {}
        for owed in self._owed_by(order, line):
            taken = min(owed.amount_fen, left[owed.cluster])
            if taken:
                made[owed.deduction] = taken
                left[owed.cluster] -= taken
        return made

    def _change_line(
        self,
        line: Appropriation,
        order: AppropriationCorrection | Opening | OpeningReversal,
        number: str | None,
    ) -> None:
        match order:
            case Opening():
                self.opened |= {(award.document_number, award.cluster) for award in order.awards}
            case OpeningReversal():
                self.openings[line.code] = self.openings.get(line.code, set()) - {order.opening}
            case AppropriationCorrection():
                self.lines[line.code] = corrected(line, order)
                if posts_anew(order) and number is not None:
                    self.redrawn[line.code] = key_of(number)

    def _change_record(self, order: AwardListNumber | FinanceDivisionCodes | EarlierListingsReversal) -> None:
        match order:
            case AwardListNumber():
                named = self.lists[order.award_list]
                self.lists[order.award_list] = replace(
                    named, document_number=order.document_number, issued_by_office_on=order.document_date
                )
            case FinanceDivisionCodes():
                again = {division.division_code for division in order.divisions}
                kept = {code: holder for code, holder in self.codes.items() if holder not in again}
                self.codes = kept | {entry.finance_code: entry.division_code for entry in order.divisions}
            case EarlierListingsReversal():
                self.listings = self.listings.without(order.opening)

    def _deduct(self, asked: Asked) -> None:
        made = self.deductions_made(asked)
        self.owed = [
            replace(owed, amount_fen=left)
            for owed in self.owed
            if (left := owed.amount_fen - made.get(owed.deduction, 0))
        ]

    def _owed_by(self, order: PassDown, line: Appropriation) -> list[Owed]:
        clusters = {entry.cluster for entry in order.lines}
        return [
            owed
            for owed in self.owed
            if owed.cluster in clusters
            and (owed.budget, owed.programme) == (line.division_code, line.programme)
            and owed.fiscal_year < line.fiscal_year
        ]

    def _deductible(self, line: str, cluster: str) -> int | None:
        """What the cluster still has of its award, less what is to be deducted already; null without an award."""
        at = (line, cluster)
        return self.held[at] + self.given_up[at] - self.registered[at] if at in self.awarded else None

    def _plans_of(self, order: Recovery | YearEnd, line: str) -> list[Plan]:
        """Open plans of the quota that the order cuts; none where it cuts none."""
        if isinstance(order, Recovery) and order.method != "quota_withdrawn":
            return []
        return [
            plan
            for plan in self.plans
            if (plan.appropriation, plan.county, plan.cluster) == (line, order.division, order.cluster)
        ]

    def _others_with_number(self, asked: Asked) -> list[DocumentUse]:
        number = document_number_of(asked.order)
        borne = self.documents.get(number, ()) if number is not None else ()
        return [use for order, use in borne if order != asked.number]


def owed_by(order: Variation, line: Appropriation, number: str) -> Owed:
    """What the variation of this number deducts from the cluster's later awards."""
    return Owed(
        deduction=number,
        cluster=order.cluster,
        amount_fen=order.amount_fen,
        budget=line.division_code,
        programme=line.programme,
        fiscal_year=line.fiscal_year,
    )


def corrected(line: Appropriation, order: AppropriationCorrection) -> Appropriation:
    """The line as the correction leaves it, but for the transfer that draws its money."""
    changes = order.changes.model_dump(exclude_none=True)
    return replace(line, **changes)
