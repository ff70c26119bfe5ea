"""Reading the reward of incentive rules: each part may be left out but the amounts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from services.funding.domain.reading.amounts import read_amounts
from services.funding.domain.reading.eligibility import read_entry
from services.funding.domain.reading.fields import Fields
from services.funding.domain.reading.quantities import read_quantity
from services.funding.domain.reading.releases import read_releases
from services.funding.domain.rules.figures import shown
from services.funding.domain.rules.policies import Method, Prevails, Short, Shortage, TiersExceed
from services.funding.domain.rules.quantities import Rounding, columns_of
from services.funding.domain.rules.reward import (
    Cut,
    GroupCap,
    Limit,
    Remainder,
    RewardRules,
    RoundingRule,
    StrataRule,
)
from services.funding.domain.rules.vocabulary import (
    WHOLE,
    AdminReserve,
    Among,
    Disposition,
    Order,
    ReserveTake,
    TieKey,
    TieKeyKind,
    TiePolicy,
)
from shared.documents.strict_fields import Choice
from shared.policy.source import OPTIONAL_SOURCE_KEYS, read_optional_source

LIST_LIMIT: Final = 100
WORDS_LIMIT: Final = 10_000
PLACES_LIMIT: Final = 100_000
_PARTS: Final = (
    "pool", "eligibility", "ranking", "strata", "cut", "tie_keys", "removal", "admin_reserve", "floors", "caps",
    "group_caps", "conflicts", "rounding", "exhaustion", "remainder", "releases",
)  # fmt: skip


def read_reward(whole: Fields) -> RewardRules:
    fields = whole.part("reward", ("amounts",), _PARTS)
    pool = fields.optional_part("pool", ("amount_fen",))
    ranking = fields.optional_part("ranking", (), ("among", "within", "by"))
    removal = fields.optional_part("removal", ("backfill",))
    conflicts = fields.optional_part(
        "conflicts", (), ("floors_exceed_pool", "floor_above_cap", "tiers_exceed_pool")
    )
    exhaustion = fields.optional_part("exhaustion", ("policy",))
    amounts = read_amounts(fields.raw("amounts"), fields.at("amounts"), fields.problems)
    parts = (
        read_entry(fields),
        _strata(fields),
        _cut(fields),
        amounts,
        _limits(fields, "floors"),
        _limits(fields, "caps"),
        _group_caps(fields),
    )
    entry, strata, cut, _, floors, caps, group_caps = parts
    keys = _tie_keys(fields)
    return RewardRules(
        pool_fen=pool.fen("amount_fen") if fields.has("pool") else None,
        pool_source=read_optional_source(pool),
        entry=entry,
        among=_choice(ranking, "among", Among.ELIGIBLE),
        ranks_within_strata=ranking.has("within")
        and ranking.one_of("within", ("list", "strata")) == "strata",
        ranks_by_score=ranking.has("by") and ranking.one_of("by", ("rank", "score")) == "score",
        ranking_source=read_optional_source(ranking),
        strata=strata,
        cut=cut,
        tie_keys=keys,
        backfill=removal.flag("backfill") if fields.has("removal") else False,
        backfill_source=read_optional_source(removal),
        admin_reserve=_admin_reserve(fields) if fields.has("admin_reserve") else None,
        amounts=amounts,
        floors=floors,
        caps=caps,
        group_caps=group_caps,
        floors_exceed_pool=_choice(conflicts, "floors_exceed_pool", Short.REFUSE),
        floor_above_cap=_choice(conflicts, "floor_above_cap", Prevails.REFUSE),
        tiers_exceed_pool=_choice(conflicts, "tiers_exceed_pool", TiersExceed.EXHAUST),
        conflicts_source=read_optional_source(conflicts),
        rounding=_rounding(fields),
        exhaustion=_choice(exhaustion, "policy", Shortage.REFUSE),
        exhaustion_source=read_optional_source(exhaustion),
        remainder=_remainder(fields),
        columns=_columns(parts, keys),
        releases=read_releases(fields),
    )


def _choice(fields: Fields, key: str, otherwise: Choice) -> Choice:
    return fields.choice(key, type(otherwise)) if fields.has(key) else otherwise


def _columns(parts: tuple[object, ...], keys: tuple[TieKey, ...]) -> dict[str, bool]:
    """Columns by name; true where a number is read of it (which may also be read as a word)."""
    found: dict[str, bool] = {}
    for name, as_word in columns_of(parts):
        found[name] = found.get(name, False) or not as_word
    for key in keys:
        if key.kind is not TieKeyKind.UNIT:
            found[key.node or "score"] = True
    return {name: number for name, number in sorted(found.items()) if name}


def _strata(reward: Fields) -> StrataRule | None:
    if not reward.has("strata"):
        return None
    fields = reward.optional_part("strata", (), ("column", "sets", "pools", "pools_fen"))
    sets = None
    if fields.has("sets"):
        part = fields.mapping_of("sets", limit=LIST_LIMIT)
        sets = {code: frozenset(part.words(code)) for code in part.names()}
        words = [word for members in sets.values() for word in members]
        if len(words) != len(set(words)):
            fields.report("word-in-two-strata", "同一取值属于两个分层", "a word is in two strata", at="sets")
    pools = None
    if fields.has("pools"):
        part = fields.mapping_of("pools", limit=LIST_LIMIT)
        pools = {code: part.number(code) for code in part.names()}
        if sum(pools.values()) != 100 or min(pools.values(), default=0) < 0:
            told = ", ".join(f"{code} {shown(part)}" for code, part in pools.items())
            total = shown(sum(pools.values()))
            zh = f"各分层比例须不小于0,其和须为100;现为 {told},其和为 {total}"
            en = f"the percents must be 0 or more and add up to 100; they are {told} and add up to {total}"
            fields.report("percents-sum", zh, en, at="pools")
    pools_fen = None
    if fields.has("pools_fen"):
        part = fields.mapping_of("pools_fen", limit=LIST_LIMIT)
        pools_fen = {code: part.fen(code, minimum=0) for code in part.names()}
        if pools is not None:
            zh, en = "pools 与 pools_fen 只能有一个", "either pools or pools_fen is expected"
            fields.report("one-kind-of-pools", zh, en)
    column = fields.column("column") if fields.has("column") else "county" if sets is not None else "group"
    return StrataRule(column, sets, pools, pools_fen, read_optional_source(fields))


def _cut(reward: Fields) -> Cut | None:
    """Who is at the front. A cut by rank without a tie policy is refused: equals at it would have no answer."""
    if not reward.has("cut"):
        return None
    kinds = ("top", "top_percent", "score_at_least", "grade_in")
    fields = reward.optional_part("cut", (), (*kinds, "rounding", "ties"))
    if not any(fields.has(kind) for kind in kinds):
        names = ", ".join(kinds)
        fields.report("cut-missing", f"须有入围条件之一: {names}", f"one of {names} is expected")
    top = None
    if fields.has("top"):
        if isinstance(fields.raw("top"), Mapping):
            part = fields.mapping_of("top", limit=LIST_LIMIT)
            top = {word: part.integer(word, minimum=0, maximum=PLACES_LIMIT) for word in part.names()}
        else:
            top = {WHOLE: fields.integer("top", minimum=1, maximum=PLACES_LIMIT)}
    percent = fields.number("top_percent") if fields.has("top_percent") else None
    if percent is not None and not 0 < percent <= 100:
        fields.report("percent-range", "须大于0且不超过100", "must be over 0 and up to 100", at="top_percent")
    if (top is not None or percent is not None) and not fields.has("ties"):
        zh, en = "须给出并列处理办法 ties", "a tie policy is needed: ties"
        fields.report("tie-policy-missing", zh, en, at="ties")
    return Cut(
        top=top,
        top_percent=percent,
        percent_rounding=_choice(fields, "rounding", Rounding.DOWN),
        score_at_least=fields.number("score_at_least") if fields.has("score_at_least") else None,
        grades=frozenset(fields.words("grade_in")) if fields.has("grade_in") else None,
        ties=_choice(fields, "ties", TiePolicy.ALL),
        source=read_optional_source(fields),
    )


def _tie_keys(reward: Fields) -> tuple[TieKey, ...]:
    def read(value: object, at: str) -> TieKey:
        fields = Fields(value, at, reward.problems, required=("key", "order"))
        name = fields.column("key")
        descending = fields.choice("order", Order) is Order.DESCENDING
        kind = {"unit": TieKeyKind.UNIT, "score": TieKeyKind.SCORE}.get(name, TieKeyKind.CONTRIBUTION)
        return TieKey(kind, name if kind is TieKeyKind.CONTRIBUTION else None, descending)

    return reward.each("tie_keys", read, limit=LIST_LIMIT, minimum=1) if reward.has("tie_keys") else ()


def _admin_reserve(reward: Fields) -> AdminReserve:
    fields = reward.optional_part("admin_reserve", (), ("percent", "fixed_fen", "take", "unit_fen"))
    percent = fields.number("percent") if fields.has("percent") else 0
    if not 0 <= percent <= 100:
        fields.report("percent-range", "须为0至100", "must lie between 0 and 100", at="percent")
    if fields.has("percent") and fields.has("fixed_fen") and not fields.has("take"):
        zh, en = "同时有比例和定额时须给出 take", "with a percent and a fixed sum, take is needed: max or min"
        fields.report("missing-key", zh, en, at="take")
    return AdminReserve(
        percent=Decimal(str(fields.raw("percent"))) if percent else Decimal(0),
        fixed_fen=fields.fen("fixed_fen", minimum=0) if fields.has("fixed_fen") else 0,
        take=_choice(fields, "take", ReserveTake.MAX),
        unit_fen=fields.fen("unit_fen") if fields.has("unit_fen") else 1,
        source=read_optional_source(fields),
    )


def _limits(reward: Fields, key: str) -> tuple[Limit, ...]:
    """A floor may say how it is brought to whole units (up, if it does not); a cap is always rounded down."""
    of_floors = ("rounding",) if key == "floors" else ()

    def read(value: object, at: str) -> Limit:
        fields = Fields(
            value, at, reward.problems, required=("code", "amount"),
            optional=(*of_floors, *OPTIONAL_SOURCE_KEYS),
        )  # fmt: skip
        of = read_quantity(fields.raw("amount"), fields.at("amount"), reward.problems)
        rounding = Rounding.UP if of_floors else Rounding.DOWN
        rounding = _choice(fields, "rounding", rounding) if of_floors else rounding
        return Limit(fields.code("code"), of, read_optional_source(fields), rounding)

    return reward.each(key, read, limit=LIST_LIMIT, minimum=1) if reward.has(key) else ()


def _group_caps(reward: Fields) -> tuple[GroupCap, ...]:
    def read(value: object, at: str) -> GroupCap:
        fields = Fields(
            value, at, reward.problems, required=("code", "by"),
            optional=("amount", "amounts_fen", *OPTIONAL_SOURCE_KEYS),
        )  # fmt: skip
        if fields.has("amount") == fields.has("amounts_fen"):
            zh, en = "须为 amount 或 amounts_fen 之一", "either amount or amounts_fen is expected"
            fields.report("one-kind-of-cap", zh, en)
        each = None
        if fields.has("amounts_fen"):
            part = fields.mapping_of("amounts_fen", limit=WORDS_LIMIT)
            each = {word: part.fen(word, minimum=0) for word in part.names()}
        of = (
            read_quantity(fields.raw("amount"), fields.at("amount"), reward.problems)
            if each is None
            else None
        )
        return GroupCap(fields.code("code"), fields.column("by"), of, each, read_optional_source(fields))

    return reward.each("group_caps", read, limit=20, minimum=1) if reward.has("group_caps") else ()


def _rounding(reward: Fields) -> RoundingRule:
    fields = reward.optional_part("rounding", (), ("unit_fen", "method", "each"))
    return RoundingRule(
        unit_fen=fields.fen("unit_fen") if fields.has("unit_fen") else 1,
        method=_choice(fields, "method", Method.LARGEST_REMAINDER),
        each=_choice(fields, "each", Rounding.DOWN),
        source=read_optional_source(fields),
    )


def _remainder(reward: Fields) -> Remainder:
    fields = reward.optional_part("remainder", ("disposition",), ("next_rank_fen", "next_rank_partial"))
    if not reward.has("remainder"):
        return Remainder(Disposition.RETURN, None, False, read_optional_source(fields))
    return Remainder(
        disposition=fields.choice("disposition", Disposition),
        next_rank_fen=fields.fen("next_rank_fen") if fields.has("next_rank_fen") else None,
        next_rank_partial=fields.flag("next_rank_partial") if fields.has("next_rank_partial") else False,
        source=read_optional_source(fields),
    )
