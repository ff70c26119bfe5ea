"""Reading the grades of a scheme: absolute bands, quotas, or a lookup over sub-grades."""

from decimal import Decimal
from itertools import pairwise

from services.scoring.domain.reading.fields import Fields
from services.scoring.domain.reading.rules import ITEMS_LIMIT, OURS, PLACES_LIMIT
from services.scoring.domain.reading.tree_parts import NAME_KEYS, read_name
from services.scoring.domain.scheme.grades import Band, GradeLookup, Grades, QuotaBand, SubGrade
from shared.errors import Item
from shared.policy.source import OPTIONAL_SOURCE_KEYS, read_source

LOOKUP_LIMIT = 1_000


def read_grades(
    document: object,
    path: str,
    problems: list[Item],
    *,
    span: tuple[Decimal, Decimal] | None,
) -> Grades:
    """`bands` from the top down, over the whole range if the scheme has one; `quotas` in rank order of which the
    last takes the rest; or a `lookup` over `subgrades` of nodes.
    """
    keys = (*OPTIONAL_SOURCE_KEYS, "bands", "quotas", "subgrades", "lookup")
    fields = Fields(document, path, problems, required=(), optional=keys)
    source = read_source(fields) if fields.has("label") else OURS
    bands: tuple[Band, ...] = ()
    quotas: tuple[QuotaBand, ...] = ()
    if fields.has("bands"):
        bands = fields.each("bands", lambda d, at: _read_band(d, at, problems), limit=ITEMS_LIMIT)
    if fields.has("quotas"):
        quotas = fields.each("quotas", lambda d, at: _read_quota(d, at, problems), limit=ITEMS_LIMIT)
    subgrades = (
        fields.each("subgrades", lambda d, at: _read_subgrade(d, at, problems), limit=ITEMS_LIMIT)
        if fields.has("subgrades")
        else ()
    )
    lookup = _read_lookup(fields, subgrades) if fields.has("lookup") else None
    if [bool(bands), bool(quotas), lookup is not None].count(True) != 1:
        zh, en = "须且只能有 bands、quotas 或 lookup", "exactly one of bands, quotas, lookup is expected"
        fields.report("bands-or-quotas", zh, en)
    _check_unique(fields, [band.code for band in bands] + [quota.code for quota in quotas])
    if bands:
        _check_bands(fields, bands, span)
    if quotas:
        _check_quotas(fields, quotas)
    return Grades(source, bands, quotas, subgrades, lookup)


def _read_subgrade(document: object, path: str, problems: list[Item]) -> SubGrade:
    fields = Fields(document, path, problems, required=("code", "node", "bands"))

    def band(part: object, at: str) -> tuple[str, Decimal]:
        inner = Fields(part, at, problems, required=("code", "minimum"))
        return inner.code("code"), inner.decimal("minimum")

    bands = fields.each("bands", band, limit=ITEMS_LIMIT)
    minima = [minimum for _, minimum in bands]
    if not bands or minima != sorted(set(minima), reverse=True):
        zh, en = "各档下限须从高到低且不重复", "bands go from the highest minimum down, each once"
        fields.report("bands-order", zh, en, at="bands")
    return SubGrade(fields.code("code"), fields.code("node"), bands)


def _read_lookup(fields: Fields, subgrades: tuple[SubGrade, ...]) -> GradeLookup:
    """Rows are tried in order; a key names one band or a list of them; a key that a row does
    not name matches anything; the last row names none.
    """
    known = {subgrade.code: {code for code, _ in subgrade.bands} for subgrade in subgrades}
    keys = tuple(known)

    def wanted(inner: Fields, key: str) -> tuple[str, ...] | None:
        if not inner.has(key):
            return None
        several = isinstance(inner.raw(key), list)
        codes = inner.codes(key) if several else (inner.code(key),)
        for code in codes:
            if code not in known[key]:
                inner.report("unknown-grade", f"未知等次: {code}", f"unknown grade {code}", at=key)
        return codes

    def row(part: object, at: str) -> tuple[tuple[tuple[str, ...] | None, ...], str]:
        inner = Fields(part, at, fields.problems, required=("grade",), optional=keys)
        return tuple(wanted(inner, key) for key in keys), inner.code("grade")

    rows = fields.each("lookup", row, limit=LOOKUP_LIMIT)
    if not rows or any(codes is not None for codes in rows[-1][0]):
        zh, en = "最后一行须收纳其余全部", "the last row must match everything that is left"
        fields.report("lookup-rest", zh, en, at="lookup")
    return GradeLookup(keys, rows)


def _read_band(document: object, path: str, problems: list[Item]) -> Band:
    fields = Fields(document, path, problems, required=("code", "minimum", "maximum"), optional=NAME_KEYS)
    band = Band(fields.code("code"), read_name(fields), fields.decimal("minimum"), fields.decimal("maximum"))
    if band.minimum >= band.maximum:
        fields.report("band-order", "下限须小于上限", "the minimum must be below the maximum")
    return band


def _check_bands(fields: Fields, bands: tuple[Band, ...], span: tuple[Decimal, Decimal] | None) -> None:
    if span is not None and (bands[0].maximum != span[1] or bands[-1].minimum != span[0]):
        zh, en = f"等次须覆盖{span[0]}至{span[1]}", f"the bands must cover {span[0]} to {span[1]}"
        fields.report("bands-cover", zh, en, at="bands")
    for upper, lower in pairwise(bands):
        if lower.maximum < upper.minimum:
            zh = f"{lower.maximum}与{upper.minimum}之间无等次"
            en = f"no band between {lower.maximum} and {upper.minimum}"
            fields.report("band-gap", zh, en, at="bands")
        if lower.maximum > upper.minimum:
            zh = f"等次{lower.code}与{upper.code}重叠"
            en = f"bands {lower.code} and {upper.code} overlap"
            fields.report("band-overlap", zh, en, at="bands")


def _read_quota(document: object, path: str, problems: list[Item]) -> QuotaBand:
    optional = ("places", "share", *NAME_KEYS)
    fields = Fields(document, path, problems, required=("code",), optional=optional)
    places = fields.integer("places", minimum=1, maximum=PLACES_LIMIT) if fields.has("places") else None
    share = fields.optional_decimal("share")
    if places is not None and share is not None:
        fields.report("places-or-share", "places 与 share 不可并用", "places and share exclude each other")
    if share is not None and not 0 < share <= 1:
        fields.report("share-range", "应在0与1之间", "must be between 0 and 1", at="share")
    return QuotaBand(fields.code("code"), read_name(fields), places, share)


def _check_quotas(fields: Fields, quotas: tuple[QuotaBand, ...]) -> None:
    rest = [quota.places is None and quota.share is None for quota in quotas]
    if rest != [False] * (len(rest) - 1) + [True]:
        zh, en = "最后一档且仅最后一档取其余", "the last quota, and only the last, takes the rest"
        fields.report("quota-rest", zh, en, at="quotas")
    if sum(quota.share or Decimal(0) for quota in quotas) > 1:
        fields.report("quota-shares", "各档比例之和超过1", "the shares add up to more than 1", at="quotas")


def _check_unique(fields: Fields, codes: list[str]) -> None:
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        fields.report("duplicate-code", f"代码重复: {code}", f"code {code} is used twice")
