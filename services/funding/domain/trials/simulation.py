"""A simulation as it is kept: variants side by side and beside last year, with the money at stake at each cut."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.funding.domain.rounds.second_reward import EarlierReward
from services.funding.domain.trials.stakes import CutStake, RankDraws, stakes_of
from services.funding.domain.trials.variants import Row, Tried


@dataclass(frozen=True, slots=True)
class ToldRefusal:
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class StepSums:
    step: str
    rule: str
    numbers: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class VariantResult:
    """What a variant gives; its sums are null, and ``refusal`` says why, where it gives nothing."""

    name: str
    incentive: str
    incentive_version: str
    rules_sha256: str
    published: bool
    pool_fen: int
    refusal: ToldRefusal | None
    reserve_fen: int | None
    awarded_fen: int | None
    unallocated_fen: int | None
    awards: int | None
    steps: tuple[StepSums, ...]


@dataclass(frozen=True, slots=True)
class VariantStake(CutStake):
    variant: str


@dataclass(frozen=True, slots=True)
class Stakes:
    """Where rank probabilities are not known, ``zh`` and ``en`` say so."""

    available: bool
    zh: str
    en: str
    draws: int | None
    cuts: tuple[VariantStake, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    round: str
    number: int
    note: str | None
    simulated_by: str
    simulated_on: date
    release_sha256: str
    last_year: int
    variants: tuple[VariantResult, ...]
    clusters: tuple[Row, ...]
    counties: tuple[Row, ...]
    stakes: Stakes
    second_reward_ground: str | None
    earlier_rewards: tuple[EarlierReward, ...]
    further_releases: tuple[str, ...] = ()


def result_of(tried: Tried) -> VariantResult:
    made, refusal, variant = tried.made, tried.refusal, tried.variant
    return VariantResult(
        name=variant.name,
        incentive=variant.rules.id,
        incentive_version=variant.rules.version,
        rules_sha256=variant.rules_sha256,
        published=variant.published,
        pool_fen=variant.pool_fen,
        refusal=None if refusal is None else ToldRefusal(refusal.code, refusal.zh, refusal.en),
        reserve_fen=None if made is None else made.reserve_fen,
        awarded_fen=None if made is None else made.awarded_fen,
        unallocated_fen=None if made is None else made.unallocated_fen,
        awards=None if made is None else len(made.awards),
        steps=() if made is None else tuple(StepSums(s.step, s.rule, s.numbers) for s in made.steps),
    )


def no_stakes(analysis: str) -> Stakes:
    """``analysis``: how far the analysis of the release is, or `none`."""
    return Stakes(
        available=False,
        zh=f"该评估结果没有稳健性分析({analysis}),无法计算分界处的资金风险;请先在评估服务申请稳健性分析",
        en=f"The release has no finished robustness analysis ({analysis}), so the money at stake at each cut is not "
        "known; ask scoring for the analysis first",
        draws=None,
        cuts=(),
    )


def unknown_of_several() -> Stakes:
    """Draws of one release say nothing of ranks among all units of several by score."""
    return Stakes(
        available=False,
        zh="稳健性分析逐份评估结果进行，合排名次的概率无从得知，不计算分界处的资金风险",
        en="The robustness analysis is of one release each and does not tell how likely the ranks among all of them "
        "are, so the money at stake at each cut is not known",
        draws=None,
        cuts=(),
    )


def stakes_by(tried: Sequence[Tried], draws: RankDraws, *, total: int) -> Stakes:
    cuts = tuple(
        VariantStake(
            cut.stratum,
            cut.tier,
            cut.last_rank,
            cut.step_fen,
            cut.at_stake_fen,
            cut.units,
            entry.variant.name,
        )
        for entry in tried
        if entry.made is not None
        for cut in stakes_of(entry.made, entry.candidates, draws, total=total)
    )
    return Stakes(
        available=True,
        zh="按评估结果的稳健性分析计算",
        en="from the robustness analysis of the release",
        draws=total,
        cuts=cuts,
    )
