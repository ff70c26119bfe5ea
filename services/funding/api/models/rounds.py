"""Answers about rounds, their allocation step by step, and awards."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from services.funding.api.models.answer import Answer, RoundState


class RoundOut(Answer):
    code: str = Field(examples=["hubei-county-clusters-2024-incentive-1"])
    programme: str
    assessment_year: int
    fiscal_year: int
    purpose: str
    appropriation: str
    incentive: str
    incentive_version: str
    release_sha256: str
    further_releases: list[str] = Field(
        description="where the rules make one list of several releases, those after the first, in the rules' order"
    )
    designations_sha256: str
    pool_fen: int
    second_reward_ground: str | None = Field(
        description="why these results are rewarded once more; null for the first reward"
    )
    state: RoundState


class EarlierRewardOut(Answer):
    round: str | None = Field(description="null for awards of before the system")
    opening: str | None = Field(description="the fund order that entered awards of before the system")
    fiscal_year: int
    state: RoundState | None = Field(description="of the round")
    pool_fen: int = Field(description="of the round; of an opening, what was awarded in all")


class RoundStepOut(Answer):
    number: int
    action: Literal[
        "opened",
        "simulated",
        "allocated",
        "proposed",
        "approved",
        "rejected",
        "issued",
        "passed_down",
        "closed",
        "withdrawn",
    ]
    subject: str
    unit: str
    note: str | None = Field(description="ground, minutes or reason")
    business_date: date
    recorded_at: datetime


class RoundDetailOut(RoundOut):
    steps: list[RoundStepOut]
    earlier_rewards: list[EarlierRewardOut] = Field(
        description="live rounds that were opened before on the results of the same year, for the same purpose"
    )


class RoundList(Answer):
    rounds: list[RoundOut]


class AwardOut(Answer):
    serial: int
    cluster: str
    name: str
    county_code: str
    county_name: str
    rank: int = Field(description="rank in the release, or among all units of several releases")
    tier: str
    amount_fen: int
    clause: str


class AllocationLineOut(Answer):
    unit: str
    amount_fen: int | None = Field(description="after the step; null before amounts are known")
    zh: str
    en: str
    rule: str = Field(description="the unit's own rule, where it is not the step's; else empty")


class AllocationStepOut(Answer):
    step: str = Field(examples=["eligibility"])
    rule: str = Field(description="where in the rules, and the clause that it follows")
    numbers: dict[str, int]
    found: dict[str, str] = Field(
        description="what the rule worked out for all: a share's level, a divisor, the part that a reduction leaves",
        examples=[{"level_fen": "0.5"}],
    )
    lines: list[AllocationLineOut]


class AllocationOut(Answer):
    round: str
    state: RoundState
    pool_fen: int
    reserve_fen: int
    awarded_fen: int
    unallocated_fen: int
    unallocated_disposition: Literal["reserve", "return", "carry_over"]
    awards: list[AwardOut]
    steps: list[AllocationStepOut]


class IssuedAwardOut(AwardOut):
    round: str
    state: RoundState
    fiscal_year: int
    assessment_year: int


class ListNumberOut(Answer):
    document_number: str
    issued_by_office_on: date
    fund_order: str
    recorded_at: datetime


class ListNumbersOut(Answer):
    numbers: list[ListNumberOut]


class AwardListOut(Answer):
    list_number: str = Field(examples=["2024-001"])
    round: str
    fiscal_year: int
    number: int
    sha256: str = Field(description="hash of the list's canonical bytes")
    issued_on: date
    document_number: str | None = Field(description="the office's own number (文号), written back once")
    issued_by_office_on: date | None
    second_reward_ground: str | None
