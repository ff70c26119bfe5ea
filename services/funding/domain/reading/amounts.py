"""Reading the rules by which units get their amounts."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Final

from services.funding.domain.reading.fields import Fields
from services.funding.domain.reading.quantities import read_quantity
from services.funding.domain.rules.figures import shown
from services.funding.domain.rules.quantities import (
    Column,
    Constant,
    Fold,
    Folded,
    Match,
    Over,
    Quantity,
    Statistic,
)
from services.funding.domain.rules.reward import (
    AmountRule,
    CombinedAmounts,
    PlainAmounts,
    ShareAmounts,
    TierAmounts,
)
from services.funding.domain.rules.vocabulary import WHOLE, Named, TiePolicy, Tier
from shared.errors import Item
from shared.policy.source import OPTIONAL_SOURCE_KEYS, read_optional_source

DEPTH_LIMIT: Final = 4
ITEMS_LIMIT: Final = 100
PLACES_LIMIT: Final = 100_000
ONE: Final = Constant(Fraction(1))
ZERO: Final = Constant(Fraction(0))


def read_amounts(value: object, path: str, problems: list[Item], depth: int = 0) -> AmountRule:
    method = value.get("method") if isinstance(value, Mapping) else None
    if not isinstance(method, str) or method not in METHODS or depth > DEPTH_LIMIT:
        names = ", ".join(METHODS)
        zh, en = f"method 应为其中之一: {names}", f"method must be one of {names}"
        problems.append(Item(f"{path}.method", "choice-expected", zh, en))
        return PlainAmounts("", ZERO, read_optional_source(Fields({}, path, [], required=())))
    required, optional, read = METHODS[method]
    fields = Fields(
        value,
        path,
        problems,
        required=("method", *required),
        optional=("code", *optional, *OPTIONAL_SOURCE_KEYS),
    )
    return read(fields, fields.code("code") if fields.has("code") else method, depth)


def _tiers(fields: Fields, code: str, _depth: int) -> AmountRule:
    def read(value: object, at: str) -> Tier:
        return _tier(value, at, fields.problems)

    tiers = fields.each("tiers", read, limit=ITEMS_LIMIT, minimum=1)
    codes = [tier.name.code for tier in tiers]
    if len(set(codes)) != len(codes):
        fields.report("duplicate-code", "等次代码重复", "the code of a tier is used twice", at="tiers")
    for index, (tier, following) in enumerate(pairwise(tiers), start=1):
        unread = {fields.at(f"tiers[{at}].amount_fen") for at in (index - 1, index)}
        if following.amount_fen > tier.amount_fen and unread.isdisjoint(p.field for p in fields.problems):
            zh, en = "后一等次不得高于前一等次", "a later tier must not be worth more than an earlier one"
            fields.report("amounts-fall", zh, en, at=f"tiers[{index}].amount_fen")
    return TierAmounts(code, tiers, read_optional_source(fields))


def _tier(value: object, path: str, problems: list[Item]) -> Tier:
    fields = Fields(
        value, path, problems, required=("code", "amount_fen", "ties"),
        optional=("places", "places_by_stratum", "zh", "en", *OPTIONAL_SOURCE_KEYS),
    )  # fmt: skip
    if fields.has("places") == fields.has("places_by_stratum"):
        zh = "须且只能有 places 或 places_by_stratum 之一"
        fields.report("one-kind-of-places", zh, "either places or places_by_stratum is expected")
    code = fields.code("code")
    return Tier(
        name=Named(
            code,
            fields.text("zh") if fields.has("zh") else code,
            fields.text("en") if fields.has("en") else code,
            read_optional_source(fields),
        ),
        amount_fen=fields.fen("amount_fen"),
        places=_places(fields),
        tie_policy=fields.choice("ties", TiePolicy),
    )


def _places(fields: Fields) -> dict[str, int]:
    if not fields.has("places_by_stratum"):
        return {WHOLE: fields.integer("places", minimum=1, maximum=PLACES_LIMIT)}
    part = fields.mapping_of("places_by_stratum", limit=ITEMS_LIMIT)
    return {word: part.integer(word, minimum=0, maximum=PLACES_LIMIT) for word in part.names()}


def _grades(fields: Fields, code: str, _depth: int) -> AmountRule:
    """By grade: a grade that is not listed gets nothing."""
    part = fields.mapping_of("amounts_fen", limit=ITEMS_LIMIT)
    values: dict[str, Quantity] = {
        grade: Constant(Fraction(part.fen(grade, minimum=0))) for grade in part.names()
    }
    column = fields.column("column") if fields.has("column") else "grade"
    amounts = Match(column, values, ZERO, fields.at("amounts_fen"))
    return PlainAmounts(code, amounts, read_optional_source(fields), reaches_all=False, at=fields.path)


def _fixed(fields: Fields, code: str, _depth: int) -> AmountRule:
    amount = Constant(Fraction(fields.fen("amount_fen")))
    return PlainAmounts(code, amount, read_optional_source(fields), at=fields.path)


def _amount(fields: Fields, code: str, _depth: int) -> AmountRule:
    return PlainAmounts(code, _quantity(fields, "of"), read_optional_source(fields), at=fields.at("of"))


def _requested(fields: Fields, code: str, _depth: int) -> AmountRule:
    """What was asked for, up to a cap."""
    name = fields.column("column") if fields.has("column") else "requested"
    asked: Quantity = Column(name, fields.at("column"))
    if fields.has("up_to"):
        asked = Folded(Fold.MIN, (asked, _quantity(fields, "up_to")))
    return PlainAmounts(code, asked, read_optional_source(fields), reaches_all=False, at=fields.at("column"))


def _equal(fields: Fields, code: str, _depth: int) -> AmountRule:
    return ShareAmounts(code, None, ONE, read_optional_source(fields), fields.path)


def _proportional(fields: Fields, code: str, _depth: int) -> AmountRule:
    base = _quantity(fields, "base") if fields.has("base") else None
    return ShareAmounts(code, base, _quantity(fields, "to"), read_optional_source(fields), fields.path)


def _factors(fields: Fields, code: str, _depth: int) -> AmountRule:
    """因素法: the weighted sum of the unit's shares in several measures, times a coefficient."""

    def read(value: object, at: str) -> tuple[Fraction, Quantity]:
        factor = Fields(value, at, fields.problems, required=("of", "weight"), optional=OPTIONAL_SOURCE_KEYS)
        read_optional_source(factor)
        return factor.number("weight"), _quantity(factor, "of")

    factors = fields.each("factors", read, limit=ITEMS_LIMIT, minimum=1)
    weights = [weight for weight, _ in factors]
    if factors and (sum(weights) != 1 or min(weights) < 0):
        told = ", ".join(shown(weight) for weight in weights)
        zh = f"因素权重须不小于0,其和须为1;现为 {told},其和为 {shown(sum(weights))}"
        en = f"the weights must be 0 or more and add up to 1; they are {told} and add up to {shown(sum(weights))}"
        fields.report("weights-sum", zh, en, at="factors")
    weight: Quantity = Folded(
        Fold.SUM,
        tuple(
            Folded(
                Fold.PRODUCT, (Constant(part), Over(Statistic.SHARE, of, fields.at(f"factors[{index}].of")))
            )
            for index, (part, of) in enumerate(factors)
        )
        or (ZERO,),
    )
    if fields.has("times"):
        weight = Folded(Fold.PRODUCT, (weight, _quantity(fields, "times")))
    return ShareAmounts(code, None, weight, read_optional_source(fields), fields.path)


def _combined(fields: Fields, code: str, depth: int) -> AmountRule:
    def read(value: object, at: str) -> AmountRule:
        return read_amounts(value, at, fields.problems, depth + 1)

    rules = fields.each("rules", read, limit=ITEMS_LIMIT, minimum=2)
    return CombinedAmounts(code, str(fields.raw("method")), rules, read_optional_source(fields))


def _quantity(fields: Fields, key: str) -> Quantity:
    return read_quantity(fields.raw(key), fields.at(key), fields.problems)


_Reading = tuple[tuple[str, ...], tuple[str, ...], Callable[[Fields, str, int], AmountRule]]
METHODS: Final[Mapping[str, _Reading]] = {
    "tiers": (("tiers",), (), _tiers),
    "grades": (("amounts_fen",), ("column",), _grades),
    "fixed": (("amount_fen",), (), _fixed),
    "amount": (("of",), (), _amount),
    "requested": ((), ("column", "up_to"), _requested),
    "equal": ((), (), _equal),
    "proportional": (("to",), ("base",), _proportional),
    "factors": (("factors",), ("times",), _factors),
    "sum": (("rules",), (), _combined),
    "max": (("rules",), (), _combined),
    "min": (("rules",), (), _combined),
}
