"""The facts by which a fund order is judged."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Literal

from services.funding.domain.ledger.appropriations import Appropriation
from services.funding.domain.ledger.books import AccountKey
from services.funding.domain.orders.kinds import FundOrder


@dataclass(frozen=True, slots=True)
class Asked:
    """An order and what is fixed about it: ``desk`` the division that made it; ``budget`` whose money or record it is
    about; ``line`` the code of the line that it is about, if any; ``number`` its own, once it has one; ``grant_path``
    of a grant, from the province to the county of its cluster, by the division register."""

    order: FundOrder
    desk: str
    budget: str
    line: str | None
    number: str | None = None
    grant_path: Sequence[str] | None = None


Bearer = Literal["appropriation", "award_list", "fund_order"]
_BEARERS: Final = {
    "appropriation": ("预算安排", "the appropriation"),
    "award_list": ("奖励名单", "the award list"),
    "fund_order": ("资金单", "the fund order"),
}


@dataclass(frozen=True, slots=True)
class DocumentUse:
    """What bears a document number: ``code`` names it, ``division_code`` is the desk, ``dated`` the document's day.

    ``appropriation``: the line itself, or whose money it is about; ``budget``: the division whose budget that is. Of a
    fund order: its kind, what each of its lines is about, and whether it is decided.
    """

    bearer: Bearer
    code: str
    division_code: str
    dated: date | None
    appropriation: str
    kind: str = ""
    about: frozenset[tuple[str, ...]] = frozenset()
    is_decided: bool = False
    budget: str = ""

    def is_seen_by(self, desk: str) -> bool:
        """Whether it is of a desk, or of its money."""
        return desk in (self.division_code, self.budget)

    @property
    def name(self) -> tuple[str, str]:
        zh, en = _BEARERS[self.bearer]
        return f"{zh} {self.code}", f"{en} {self.code}"


@dataclass(frozen=True, slots=True)
class Owed:
    """What a cluster still owes a budget's programme from the variation that the order ``deduction`` made."""

    deduction: str
    cluster: str
    amount_fen: int
    budget: str
    programme: str
    fiscal_year: int


@dataclass(frozen=True, slots=True)
class NamedList:
    """An issued list and the office's number that it has."""

    list_number: str
    issued_on: date
    document_number: str | None
    issued_by_office_on: date | None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a county's open budget project plans to spend of a quota, and what it paid, returns deducted."""

    county: str
    code: str
    name: str
    appropriation: str
    cluster: str
    planned_fen: int
    paid_fen: int


@dataclass(frozen=True, slots=True)
class Register:
    """What the registry says about an order's programme and divisions; ``fiscal_years``: from and to, both included;
    null where the programme says nothing; ``divisions``: the path of each, from the province down."""

    known_programme: bool = True
    fiscal_years: tuple[int, int] | None = None
    functional_classes: Mapping[str, str] | None = None
    divisions: Mapping[str, Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class KnownListings:
    """``instruments``: of each programme's published rules; by project and instrument: ``entered``, the live orders
    that enter it as of before the system, and ``tested``, what the system itself has listed."""

    instruments: Mapping[str, Collection[str]]
    entered: Mapping[tuple[str, str], frozenset[str]]
    tested: Collection[tuple[str, str]]

    def without(self, number: str) -> "KnownListings":
        """An order's listings are reversed."""
        return replace(self, entered={at: orders - {number} for at, orders in self.entered.items()})


NO_LISTINGS: Final = KnownListings(instruments={}, entered={}, tested=frozenset())


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What an order is judged by.

    ``line``: the order's own, as it is recorded; ``paths``: the division path of each cluster that got an award or a
    grant; ``deductible_fen``: what the cluster of a variation still has of its award; ``later``: what moved on each
    day after the document's, by account code; ``owed``: the oldest first; ``project``: cluster and county of a
    grant's project; ``once_recorded``: the code of a new line is taken; ``in_use``: the rounds and orders that rest
    on the line; ``openings``: orders that open the line and were not reversed; ``opened_before``: document number and
    cluster of each award that lines were opened with; ``code_holders``: which division has each of finance's codes;
    ``plans``: of the quota that the order cuts; ``same_number``: whatever else bears the order's document number;
    ``listings``: of the projects that an order enters as listed before; ``register``: when the order is made, not when
    it is reviewed; ``kept``: under which code a recoded division's accounts are.
    """

    asked: Asked
    today: date
    line: Appropriation | None
    balances: Mapping[AccountKey, int]
    later: Mapping[str, Sequence[tuple[date, int]]]
    same_number: Sequence[DocumentUse] = ()
    into: Appropriation | None = None
    paths: Mapping[str, Sequence[str]] | None = None
    deductible_fen: int | None = None
    round_closed: bool = False
    owed: Sequence[Owed] = ()
    project: tuple[str, str] | None = None
    once_recorded: bool = False
    in_use: Collection[str] = ()
    openings: Collection[str] = ()
    opened_before: Collection[tuple[str, str]] = ()
    award_list: NamedList | None = None
    code_holders: Mapping[str, str] | None = None
    plans: Sequence[Plan] = ()
    listings: KnownListings = NO_LISTINGS
    register: Register | None = None
    kept: Callable[[str], str] = str

    def owed_fen(self) -> Counter[str]:
        """What each cluster owes."""
        owed = Counter[str]()
        for entry in self.owed:
            owed[entry.cluster] += entry.amount_fen
        return owed
