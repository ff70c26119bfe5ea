"""A round as it is kept: what it rests on, the steps that people took, and the awards that its rules gave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.funding.domain.ledger.books import Books
from services.funding.domain.rounds.states import Action, State


@dataclass(frozen=True, slots=True)
class RoundBasis:
    """What a round rests on, by name and hash; it never changes. ``further_releases``: where its rules let it rest on
    several, in the order of the rules."""

    programme: str
    division_code: str
    assessment_year: int
    fiscal_year: int
    purpose: str
    appropriation: str
    incentive: str
    incentive_version: str
    release_sha256: str
    further_releases: Sequence[str]
    designations_sha256: str
    pool_fen: int
    second_reward_ground: str | None

    @property
    def books(self) -> Books:
        return Books(self.division_code, self.appropriation)

    @property
    def releases(self) -> list[str]:
        return [self.release_sha256, *self.further_releases]


@dataclass(frozen=True, slots=True)
class Round(RoundBasis):
    """``reserve_transfer`` holds the pool from the allocation on."""

    code: str
    number: int
    state: State
    reserve_transfer: UUID | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class RoundStep:
    number: int
    action: Action
    subject: str
    unit: str
    note: str | None
    business_date: date
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class KeptAward:
    """``division_path`` is that of the release; ``clause`` the rule that the award follows; ``rank`` that of the
    release, or among all units of several."""

    round: str
    serial: int
    cluster: str
    name: str
    county_code: str
    county_name: str
    division_path: Sequence[str]
    rank: int
    tier: str
    amount_fen: int
    clause: str
