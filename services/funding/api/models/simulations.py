"""Answers about simulations."""

from datetime import date, datetime

from pydantic import Field

from services.funding.api.models.answer import Answer, RoundState
from services.funding.api.models.rounds import EarlierRewardOut


class SimulatedRefusalOut(Answer):
    code: str = Field(examples=["floors-exceed-pool"])
    zh: str
    en: str


class SimulatedStepOut(Answer):
    """A step's sums; what it did to each cluster is in the allocation, once there is one."""

    step: str
    rule: str
    numbers: dict[str, int]


class SimulatedVariantOut(Answer):
    name: str
    incentive: str
    incentive_version: str
    rules_sha256: str
    published: bool = Field(description="false where the rules were sent with the simulation")
    pool_fen: int
    refusal: SimulatedRefusalOut | None = Field(description="why these rules give nothing here")
    reserve_fen: int | None
    awarded_fen: int | None
    unallocated_fen: int | None
    awards: int | None
    steps: list[SimulatedStepOut]


class SimulatedRowOut(Answer):
    """A cluster or a county; ``amounts_fen`` in the order of the variants, null where one was refused."""

    code: str
    name: str
    county_code: str
    county_name: str
    rank: int | None
    last_year_fen: int
    amounts_fen: list[int | None]


class ExposedOut(Answer):
    unit: str
    rank: int
    inside: bool = Field(description="by its released rank")
    draws_inside: int
    at_stake_fen: int = Field(description="the step times the probability of the other side, half up")


class CutStakeOut(Answer):
    variant: str
    stratum: str
    tier: str = Field(description="the tier or rule that ends here")
    last_rank: int
    step_fen: int = Field(description="amount before the cut less amount behind it")
    at_stake_fen: int = Field(description="step times the probabilities by which the units inside are not")
    units: list[ExposedOut]


class StakesOut(Answer):
    """From the rank probabilities of scoring's robustness analysis; where there is none, ``zh``/``en`` say so."""

    available: bool
    zh: str
    en: str
    draws: int | None
    cuts: list[CutStakeOut]


class SimulationShortOut(Answer):
    round: str
    number: int
    note: str | None
    simulated_by: str
    simulated_on: date
    recorded_at: datetime


class SimulationOut(Answer):
    round: str
    number: int
    note: str | None
    simulated_by: str
    simulated_on: date
    release_sha256: str
    further_releases: list[str]
    last_year: int = Field(description="the fiscal year of the lists compared with")
    variants: list[SimulatedVariantOut]
    clusters: list[SimulatedRowOut]
    counties: list[SimulatedRowOut]
    stakes: StakesOut
    second_reward_ground: str | None
    earlier_rewards: list[EarlierRewardOut]


class ComparisonOut(Answer):
    """A round's allocation beside the fiscal year before; one amount for each row."""

    round: str
    state: RoundState
    fiscal_year: int
    last_year: int
    clusters: list[SimulatedRowOut]
    counties: list[SimulatedRowOut]
    second_reward_ground: str | None = Field(
        description="why these results are rewarded once more; null for the first reward"
    )
    earlier_rewards: list[EarlierRewardOut]
