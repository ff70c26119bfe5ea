"""From a decoded document to incentive rules, or to the list of everything that is wrong with it."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Final

from services.funding.domain.chain_checks import check_chain
from services.funding.domain.chain_document import read_chain
from services.funding.domain.example_parsing import read_examples
from services.funding.domain.fields import Fields
from services.funding.domain.incentive import (
    WHOLE,
    AdminReserve,
    Among,
    Disposition,
    Eligibility,
    Exhaustion,
    IncentiveRules,
    Order,
    OutcomeTest,
    Ranking,
    ReserveTake,
    RewardRules,
    Stratum,
    TieKey,
    TieKeyKind,
    TiePolicy,
    Tier,
)
from services.funding.domain.incentive_checks import check_rules
from services.funding.domain.instrument_document import read_instrument
from services.funding.domain.rule_parts import read_named, read_statuses, read_uses
from shared.errors import Item
from shared.policy.source import SOURCE_KEYS, read_optional_source, read_source

ITEMS_LIMIT: Final = 100
PLACES_LIMIT: Final = 100_000
_REWARD: Final = (
    "pool",
    "rounding_unit_fen",
    "eligibility",
    "ranking",
    "tiers",
    "exhaustion",
    "remainder",
    "removal",
)
_RULES: Final = (
    "schema",
    "id",
    "version",
    "programme",
    "purpose",
    "title",
    "label",
    "effective",
    "reward",
    "instruments",
)


_MAY: Final = ("clause", "basis", "uses", "examples")


class _Schema(StrEnum):
    V1 = "county-clusters/incentive/1"
    V2 = "county-clusters/incentive/2"


def parse_incentive_rules(
    document: object, *, offline: bool = False
) -> tuple[IncentiveRules | None, list[Item]]:
    """The rules and no problem, or no rules and every problem found. ``offline`` asks for schema and reward only."""
    if isinstance(document, Mapping) and document.get("schema") == _Schema.V2.value:
        return _parse_chain(document, offline=offline)
    problems: list[Item] = []
    fields = Fields(document, "", problems, required=_RULES, optional=_MAY)
    fields.choice("schema", _Schema)
    title = fields.part("title", ("zh", "en"))
    effective = fields.part("effective", ("from",), ("to",))
    rules = IncentiveRules(
        id=fields.code("id"),
        version=fields.code("version"),
        programme=fields.code("programme"),
        purpose=fields.code("purpose"),
        title_zh=title.text("zh"),
        title_en=title.text("en"),
        source=read_source(fields),
        effective_from=effective.date("from"),
        effective_to=effective.date("to") if effective.has("to") else None,
        reward=_read_reward(fields.part("reward", _REWARD, ("strata", "admin_reserve", "tie_keys"))),
        instruments=fields.each(
            "instruments", lambda d, at: read_instrument(d, at, problems), limit=ITEMS_LIMIT
        ),
        uses=read_uses(fields) if fields.has("uses") else (),
        examples=read_examples(fields),
    )
    check_rules(rules, problems)
    return (None, problems) if problems else (rules, [])


def _parse_chain(
    document: Mapping[object, object], *, offline: bool
) -> tuple[IncentiveRules | None, list[Item]]:
    """Version 2: the whole chain. What a published version needs besides may be left out offline."""
    problems: list[Item] = []
    required = ("schema", "reward") if offline else tuple(key for key in _RULES if key != "instruments")
    fields = Fields(document, "", problems, required=required, optional=(*_RULES, *_MAY))
    title, effective = fields.part("title", ("zh", "en")), fields.part("effective", ("from",), ("to",))
    rules = IncentiveRules(
        id=fields.code("id") if fields.has("id") else "",
        version=fields.code("version") if fields.has("version") else "",
        programme=fields.code("programme") if fields.has("programme") else "",
        purpose=fields.code("purpose") if fields.has("purpose") else "",
        title_zh=title.text("zh"),
        title_en=title.text("en"),
        source=read_optional_source(fields) if offline else read_source(fields),
        effective_from=effective.date("from") if fields.has("effective") else date.min,
        effective_to=effective.date("to") if effective.has("to") else None,
        reward=read_chain(fields),
        instruments=fields.each(
            "instruments", lambda d, at: read_instrument(d, at, problems), limit=ITEMS_LIMIT
        )
        if fields.has("instruments")
        else (),
        uses=read_uses(fields) if fields.has("uses") else (),
        examples=read_examples(fields),
    )
    check_chain(rules, problems, offline=offline)
    return (None, problems) if problems else (rules, [])


def _read_reward(fields: Fields) -> RewardRules:
    problems = fields.problems
    pool = fields.part("pool", ("amount_fen", "label"), SOURCE_KEYS)
    exhaustion = fields.part("exhaustion", ("policy", "label"), SOURCE_KEYS)
    remainder = fields.part("remainder", ("disposition", "label"), SOURCE_KEYS)
    removal = fields.part("removal", ("backfill", "label"), SOURCE_KEYS)
    strata: tuple[Stratum, ...] = ()
    if fields.has("strata"):
        strata = fields.each(
            "strata", lambda d, at: _read_stratum(d, at, problems), limit=ITEMS_LIMIT, minimum=1
        )
    keys: tuple[TieKey, ...] = ()
    if fields.has("tie_keys"):
        keys = fields.each(
            "tie_keys", lambda d, at: _read_tie_key(d, at, problems), limit=ITEMS_LIMIT, minimum=1
        )
    return RewardRules(
        pool_fen=pool.fen("amount_fen"),
        pool_source=read_source(pool),
        rounding_unit_fen=fields.fen("rounding_unit_fen"),
        eligibility=_read_eligibility(fields),
        ranking=_read_ranking(fields),
        strata=strata,
        admin_reserve=_read_admin_reserve(fields) if fields.has("admin_reserve") else None,
        tiers=fields.each("tiers", lambda d, at: _read_tier(d, at, problems), limit=ITEMS_LIMIT, minimum=1),
        tie_keys=keys,
        exhaustion=exhaustion.choice("policy", Exhaustion),
        exhaustion_source=read_source(exhaustion),
        disposition=remainder.choice("disposition", Disposition),
        disposition_source=read_source(remainder),
        backfill=removal.flag("backfill"),
        backfill_source=read_source(removal),
    )


def _read_eligibility(reward: Fields) -> Eligibility:
    fields = reward.part("eligibility", ("statuses", "tests", "label"), SOURCE_KEYS)
    tests = fields.codes("tests")
    known = {test.value: test for test in OutcomeTest}
    for code in tests:
        if code not in known:
            fields.report("unknown-test", f"没有检验 {code}", f"there is no test {code}", at="tests")
    return Eligibility(
        statuses=read_statuses(fields),
        tests=tuple(known[code] for code in tests if code in known),
        source=read_source(fields),
    )


def _read_ranking(reward: Fields) -> Ranking:
    fields = reward.part("ranking", ("among", "label"), SOURCE_KEYS)
    return Ranking(among=fields.choice("among", Among), source=read_source(fields))


def _read_stratum(document: object, path: str, problems: list[Item]) -> Stratum:
    fields = Fields(
        document, path, problems, required=("code", "zh", "en", "counties", "label"), optional=SOURCE_KEYS
    )
    return Stratum(name=read_named(fields), counties=frozenset(fields.codes("counties")))


def _read_admin_reserve(reward: Fields) -> AdminReserve:
    required = ("percent", "fixed_fen", "take", "unit_fen", "label")
    fields = reward.part("admin_reserve", required, SOURCE_KEYS)
    percent = fields.decimal("percent")
    if percent > 100:
        fields.report("percent-range", "不得超过100", "must not exceed 100", at="percent")
    return AdminReserve(
        percent=percent,
        fixed_fen=fields.fen("fixed_fen", minimum=0),
        take=fields.choice("take", ReserveTake),
        unit_fen=fields.fen("unit_fen"),
        source=read_source(fields),
    )


def _read_tier(document: object, path: str, problems: list[Item]) -> Tier:
    """A tier without a tie policy is refused: equals at its cut would have no answer."""
    fields = Fields(
        document,
        path,
        problems,
        required=("code", "zh", "en", "amount_fen", "tie_policy", "label"),
        optional=("places", "places_by_stratum", *SOURCE_KEYS),
    )
    if fields.has("places") == fields.has("places_by_stratum"):
        zh, en = (
            "须且只能有 places 或 places_by_stratum 之一",
            "either places or places_by_stratum is expected",
        )
        fields.report("one-kind-of-places", zh, en)
    if fields.has("places_by_stratum"):
        places = fields.counts("places_by_stratum")
    else:
        places = {WHOLE: fields.integer("places", minimum=1, maximum=PLACES_LIMIT)}
    return Tier(
        name=read_named(fields),
        amount_fen=fields.fen("amount_fen"),
        places=places,
        tie_policy=fields.choice("tie_policy", TiePolicy),
    )


def _read_tie_key(document: object, path: str, problems: list[Item]) -> TieKey:
    fields = Fields(document, path, problems, required=("key", "order"), optional=("node",))
    kind = fields.choice("key", TieKeyKind)
    if (kind is TieKeyKind.CONTRIBUTION) != fields.has("node"):
        zh, en = (
            "仅当 key 为 contribution 时须给出 node",
            "node is given when, and only when, the key is contribution",
        )
        fields.report("node-with-contribution", zh, en, at="node")
    return TieKey(
        kind=kind,
        node=fields.code("node") if fields.has("node") else None,
        descending=fields.choice("order", Order) is Order.DESCENDING,
    )
