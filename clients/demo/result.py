"""What the demo ends with: one object, the same for the same seed but for ids and times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class RankingRow:
    rank: int | None
    cluster: str
    name: str
    county_code: str
    county_name: str
    score: str | None
    grade: str | None
    outcome: str
    developing_well: bool
    is_published: bool


@dataclass(frozen=True)
class AwardRow:
    cluster: str
    rank: int
    tier: str
    amount_fen: int


@dataclass(frozen=True)
class PriorityRow:
    """A project that applied for priority; a refused one has reasons, but no place and no validity."""

    place: int | None
    project_code: str
    project: str
    county_code: str
    cluster: str
    use: str
    test: str
    reasons: tuple[str, ...]
    valid_from: date | None
    valid_to: date | None


@dataclass(frozen=True)
class LedgerProof:
    transfers: int
    debits_fen: int
    credits_fen: int


@dataclass(frozen=True)
class QuotaRow:
    """An award at its county (``city_name``: through which city it came), and what was paid of it."""

    cluster: str
    name: str
    county_name: str
    city_name: str | None
    received_fen: int
    paid_fen: int

    @property
    def spent_share(self) -> Decimal:
        return Decimal(self.paid_fen) / self.received_fen


@dataclass(frozen=True)
class PassedDown:
    """``paid_fen`` before ``returned_fen`` came back; ``left_fen`` is what counties had not paid at the year's end."""

    to_counties_fen: int
    to_cities_fen: int
    to_districts_fen: int
    paid_fen: int
    returned_fen: int
    left_fen: int
    quotas: tuple[QuotaRow, ...]


@dataclass(frozen=True)
class Settled:
    """What became of the money that counties had not paid by the end of the year, by orders of one review."""

    orders: int
    carried_over_fen: int
    returned_fen: int


@dataclass(frozen=True)
class StatusChange:
    """A cluster's status by a decision; ``before`` is null at first, the release where it filed nothing."""

    cluster: str
    on: date
    before: str | None
    after: str
    release_sha256: str | None


@dataclass(frozen=True)
class YearResult:
    programme: str
    assessment_year: int
    counties: int
    clusters: int
    release_id: str
    release_sha256: str
    ranking: tuple[RankingRow, ...]
    pool_fen: int
    carried_in_fen: int
    awards: tuple[AwardRow, ...]
    list_number: str
    document_number: str
    unallocated_fen: int
    unallocated_disposition: str
    ledger: LedgerProof
    passed_down: PassedDown
    settled: Settled
    bond_priority: tuple[PriorityRow, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "programme": self.programme,
            "assessment_year": self.assessment_year,
            "counties": self.counties,
            "clusters": self.clusters,
            "release": {"id": self.release_id, "sha256": self.release_sha256},
            "ranking": [
                {
                    "rank": row.rank,
                    "cluster": row.cluster,
                    "county_code": row.county_code,
                    "score": row.score,
                    "grade": row.grade,
                    "outcome": row.outcome,
                }
                for row in self.ranking
            ],
            "pool_fen": self.pool_fen,
            "carried_in_fen": self.carried_in_fen,
            "awards": [
                {"cluster": row.cluster, "rank": row.rank, "tier": row.tier, "amount_fen": row.amount_fen}
                for row in self.awards
            ],
            "unallocated_fen": self.unallocated_fen,
            "unallocated_disposition": self.unallocated_disposition,
            "ledger": {
                "transfers": self.ledger.transfers,
                "debits_fen": self.ledger.debits_fen,
                "credits_fen": self.ledger.credits_fen,
            },
            "passing_down": {
                "passed_down_fen": {
                    "province_to_counties": self.passed_down.to_counties_fen,
                    "province_to_cities": self.passed_down.to_cities_fen,
                    "cities_to_districts": self.passed_down.to_districts_fen,
                },
                "paid_fen": self.passed_down.paid_fen,
                "returned_fen": self.passed_down.returned_fen,
                "left_fen": self.passed_down.left_fen,
            },
            "year_end": {
                "orders": self.settled.orders,
                "carried_over_fen": self.settled.carried_over_fen,
                "returned_fen": self.settled.returned_fen,
            },
            "bond_priority": [
                {
                    "place": row.place,
                    "project_code": row.project_code,
                    "project": row.project,
                    "county_code": row.county_code,
                    "cluster": row.cluster,
                    "use": row.use,
                    "test": row.test,
                    "valid_from": row.valid_from and row.valid_from.isoformat(),
                    "valid_to": row.valid_to and row.valid_to.isoformat(),
                }
                for row in self.bond_priority
            ],
        }


@dataclass(frozen=True)
class DemoResult:
    """The played years, and how the clusters' status changed in them."""

    years: tuple[YearResult, ...]
    designations: tuple[StatusChange, ...]

    def as_json(self) -> dict[str, Any]:
        """The object that ``clusters demo --json`` prints."""
        return {
            "years": [year.as_json() for year in self.years],
            "designations": [
                {
                    "cluster": change.cluster,
                    "date": change.on.isoformat(),
                    "from": change.before,
                    "to": change.after,
                    "release_sha256": change.release_sha256,
                }
                for change in self.designations
            ],
        }
