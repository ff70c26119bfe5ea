"""The results of a year are rewarded once for a purpose; whatever comes after, in any line, states its ground."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.funding.domain.refusals import SecondRewardWithoutFirst, SecondRewardWithoutGround
from services.funding.domain.rounds.states import STATE_NAMES, State
from shared.errors import Item
from shared.text.money import show_wan


@dataclass(frozen=True, slots=True)
class EarlierReward:
    """A round that was opened before and not withdrawn, on the results of the same year and for the same purpose; or an
    ``opening`` that entered awards of before the system, which is no round and has no state."""

    round: str | None
    fiscal_year: int
    state: State | None
    pool_fen: int
    opening: str | None = None


def check_second_reward(
    earlier: Sequence[EarlierReward], *, assessment_year: int, purpose: str, ground: str | None
) -> None:
    """Refuses a second reward without its ground, and a ground where nothing was rewarded before."""
    if earlier and ground is None:
        raise SecondRewardWithoutGround(
            f"{assessment_year} 年度评估结果（用途 {purpose}）已奖励过（见{len(earlier)}项）；"
            "再次奖励须写明理由(second_reward_ground)",
            f"The results of {assessment_year} (purpose {purpose}) were rewarded already (see {len(earlier)} item(s)); "
            "a second reward states its reason in second_reward_ground",
            items=[told(reward) for reward in earlier],
        )
    if ground is not None and not earlier:
        raise SecondRewardWithoutFirst(
            f"{assessment_year} 年度评估结果(用途 {purpose})尚无其他分配轮次,"
            "不得填写再次奖励的理由(second_reward_ground)",
            f"The results of {assessment_year} (purpose {purpose}) have no other round: leave second_reward_ground out",
        )


def second_reward_notes(earlier: Sequence[EarlierReward], ground: str | None) -> list[Item]:
    """What whoever decides on the next step is told: the earlier rounds, and why this one comes on top."""
    if ground is None:
        return []
    stated = Item(
        "second_reward_ground",
        "second-reward",
        f"本轮次为再次奖励,理由:{ground}",
        f"this round is a second reward; its ground: {ground}",
    )
    return [stated, *(told(reward) for reward in earlier)]


def told(reward: EarlierReward) -> Item:
    if reward.round is None or reward.state is None:
        return Item(
            reward.opening or "",
            "rewarded-already",
            f"系统启用前已奖励（{reward.opening}）：{reward.fiscal_year} 财政年度，合计 {show_wan(reward.pool_fen)}",
            f"awarded before the system ({reward.opening}): fiscal year {reward.fiscal_year}, "
            f"{show_wan(reward.pool_fen)} in all",
        )
    zh, en = STATE_NAMES[reward.state]
    return Item(
        reward.round,
        "rewarded-already",
        f"分配轮次 {reward.round}:{reward.fiscal_year} 财政年度,资金池 {show_wan(reward.pool_fen)},{zh}",
        f"round {reward.round}: fiscal year {reward.fiscal_year}, pool of {show_wan(reward.pool_fen)}, {en}",
    )
