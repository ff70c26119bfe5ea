"""One way to allocate, whichever version of the rules: the tiers of version 1, the chain of version 2."""

from collections.abc import Sequence

from services.funding.domain.allocation import allocate
from services.funding.domain.allocation_result import Allocation
from services.funding.domain.candidates import Candidate
from services.funding.domain.chain_allocation import allocate_chain
from services.funding.domain.chain_rules import ChainRules, codes_of
from services.funding.domain.incentive import IncentiveRules, RewardRules
from services.funding.domain.refusals import BudgetInvalid
from shared.text.money import MAX_FEN


def allocate_by(
    reward: RewardRules | ChainRules, candidates: Sequence[Candidate], *, pool_fen: int
) -> Allocation:
    """Refuses a budget that is no amount of money."""
    if not 0 < pool_fen <= MAX_FEN:
        raise BudgetInvalid(
            f"资金总额应为1至{MAX_FEN}分", f"The budget must be from 1 to {MAX_FEN} fen, and is {pool_fen}"
        )
    if isinstance(reward, ChainRules):
        return allocate_chain(reward, candidates, pool_fen=pool_fen)
    return allocate(reward, candidates, pool_fen=pool_fen)


def award_clauses(rules: IncentiveRules) -> dict[str, str]:
    """What an award in a tier (or by a rule) follows: the clause of the reward and the rule's own place."""
    reward = rules.reward
    where = f"{rules.source.cited}; {rules.id} {rules.version} reward"
    if isinstance(reward, ChainRules):
        clauses = {code: f"{where}.amounts.{code}" for code in codes_of(reward.amounts)}
        return clauses | {"next_rank": f"{where}.remainder.next_rank_fen"}
    return {tier.name.code: f"{where}.tiers.{tier.name.code}" for tier in reward.tiers}
