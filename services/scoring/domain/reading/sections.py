"""Reading the sections around the tree: data, cohort, blend, robustness and worked examples."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from services.scoring.domain.reading.fields import Fields
from services.scoring.domain.reading.steps import read_normalise
from services.scoring.domain.scheme.sections import Blend, Cohort, DataRules, Example, Over, Robustness
from services.scoring.domain.scheme.words import word_key
from shared.errors import Item


def read_data(document: object, problems: list[Item]) -> DataRules:
    keys = ("year", "data_year", "groups", "denominators", "missing", "not_applicable")
    fields = Fields(document, "data", problems, required=("unit",), optional=keys)
    if fields.has("data_year") and not fields.has("year"):
        fields.report("year-with-data-year", "有 data_year 时须给出 year", "data_year needs year")
    rules = DataRules(
        unit=fields.text("unit"),
        year=fields.text("year") if fields.has("year") else None,
        data_year=fields.integer("data_year", minimum=1, maximum=9999) if fields.has("data_year") else 0,
        groups=fields.texts("groups") if fields.has("groups") else (),
        denominators=fields.texts("denominators") if fields.has("denominators") else (),
        missing=fields.texts("missing", empty=True) if fields.has("missing") else DataRules().missing,
        not_applicable=fields.texts("not_applicable", empty=True)
        if fields.has("not_applicable")
        else DataRules().not_applicable,
    )
    if set(rules.missing) & set(rules.not_applicable):
        fields.report("token-twice", "同一标记有两个含义", "one token stands for two states")
    return rules


def read_facts(scheme: Fields) -> dict[str, tuple[str, ...]]:
    """`facts: {accident: ["yes", "no"]}`: the words that a fact of a unit may have."""
    if not scheme.has("facts"):
        return {}
    held = scheme.raw("facts")
    fields = Fields(held, "facts", scheme.problems, required=(), optional=_keys(held))
    found: dict[str, tuple[str, ...]] = {}
    for fact in _keys(held):
        found[fact] = fields.texts(fact)
        if len({word_key(word) for word in found[fact]}) < len(found[fact]):
            fields.report("word-twice", "同一取值写了两次", "two of the words are the same", at=fact)
    return found


Frozen = dict[str, dict[str, Decimal]]


def read_cohort(document: object, problems: list[Item], *, by_group: bool) -> Cohort:
    """`frozen` is keyed by leaf or node; where peer groups have parameters of their own, by the group first."""
    optional = ("over", "group", "in", "frozen")
    fields = Fields(document, "cohort", problems, required=("name",), optional=optional)
    over = fields.choice("over", Over) if fields.has("over") else None
    if fields.has("group") != fields.has("in"):
        fields.report("group-with-in", "group 与 in 须同时给出", "group and in go together")
    frozen: Frozen | None = None
    of_groups: dict[str, Frozen] | None = None
    held, at = fields.raw("frozen"), fields.at("frozen")
    if fields.has("frozen") and by_group and over is not Over.ALL_GROUPS:
        groups = Fields(held, at, problems, required=(), optional=_keys(held))
        of_groups = {name: _read_frozen(groups.raw(name), groups.at(name), problems) for name in _keys(held)}
    elif fields.has("frozen"):
        frozen = _read_frozen(held, at, problems)
    return Cohort(
        fields.text("name"),
        over,
        fields.text("group") if fields.has("group") else None,
        fields.texts("in") if fields.has("in") else (),
        frozen,
        of_groups,
    )


def _read_frozen(document: object, path: str, problems: list[Item]) -> Frozen:
    outer = Fields(document, path, problems, required=(), optional=_keys(document))
    frozen: Frozen = {}
    for code in _keys(document):
        names = _keys(outer.raw(code))
        inner = Fields(outer.raw(code), outer.at(code), problems, required=(), optional=names)
        frozen[code] = {name: inner.long_decimal(name) for name in names}
    return frozen


def read_blend(document: object, problems: list[Item]) -> Blend:
    fields = Fields(document, "blend", problems, required=("data_weight", "expert_score", "if_missing"))
    weight = fields.decimal("data_weight")
    if not 0 < weight < 1:
        fields.report("weight-range", "须在0与1之间", "must be between 0 and 1", at="data_weight")
    missing = fields.text("if_missing")
    if missing not in ("data_only", "refuse"):
        fields.report("choice-expected", "data_only 或 refuse", "data_only or refuse", at="if_missing")
    return Blend(weight, fields.text("expert_score"), missing == "data_only")


def read_example(document: object, path: str, problems: list[Item]) -> Example:
    fields = Fields(
        document, path, problems, required=("name", "values", "score"), optional=("facts", "groups", "nodes")
    )
    return Example(
        name=fields.text("name"),
        values={k: None if v is None else str(v) for k, v in _mapping(fields, "values").items()},
        facts={k: str(v) for k, v in _mapping(fields, "facts").items()},
        groups={k: str(v) for k, v in _mapping(fields, "groups").items()},
        score=fields.decimal("score"),
        nodes=_decimals(fields, "nodes"),
    )


def read_robustness(document: object, problems: list[Item]) -> Robustness:
    """Factors are named here; one that the scheme does not have is refused by `scheme_checks`."""
    keys = ("draws", "seed", "top", "weights", "normalisations", "aggregations", "leave_one_out",
            "sobol_samples", "stable")  # fmt: skip
    fields = Fields(document, "robustness", problems, required=(), optional=keys)
    rules = Robustness()
    held = fields.raw("weights")
    if held is not None:
        inner = Fields(
            held, "robustness.weights", problems, required=("method",), optional=("spread", "concentration")
        )
        method = inner.text("method")
        if method not in ("uniform", "dirichlet", "fixed"):
            inner.report(
                "choice-expected", "uniform、dirichlet 或 fixed", "uniform, dirichlet or fixed", at="method"
            )
        spread = inner.decimal("spread") if inner.has("spread") else rules.spread
        concentration = inner.decimal("concentration") if inner.has("concentration") else rules.concentration
        if not 0 < spread < 1:
            inner.report("share-range", "须在0与1之间", "must be between 0 and 1", at="spread")
        if concentration <= 0:
            inner.report("concentration-positive", "须大于0", "must be above 0", at="concentration")
        rules = replace(rules, weights=method, spread=spread, concentration=concentration)
    aggregations = fields.texts("aggregations") if fields.has("aggregations") else ()
    for name in aggregations:
        if name not in ("arithmetic", "geometric", "harmonic"):
            zh, en = f"不能比较: {name}", f"{name} is no alternative that can be drawn"
            fields.report("choice-expected", zh, en, at="aggregations")
    stable = fields.decimal("stable") if fields.has("stable") else rules.stable
    if not Decimal("0.5") < stable <= 1:
        fields.report("share-range", "须在0.5与1之间", "must be above 0.5 and at most 1", at="stable")
    return replace(
        rules,
        draws=fields.integer("draws", minimum=1, maximum=1_000_000) if fields.has("draws") else rules.draws,
        seed=fields.integer("seed", minimum=0, maximum=2**53) if fields.has("seed") else rules.seed,
        top=fields.integer("top", minimum=1, maximum=1_000_000) if fields.has("top") else rules.top,
        normalisations=fields.each("normalisations", lambda d, at: read_normalise(d, at, problems), limit=20)
        if fields.has("normalisations")
        else (),
        aggregations=aggregations,
        leave_one_out=fields.flag("leave_one_out") if fields.has("leave_one_out") else False,
        sobol_samples=fields.integer("sobol_samples", minimum=0, maximum=2**16)
        if fields.has("sobol_samples")
        else 0,
        stable=stable,
        stated=True,
    )


def _decimals(fields: Fields, key: str) -> dict[str, Decimal]:
    held = fields.raw(key)
    if held is None:
        return {}
    inner = Fields(held, fields.at(key), fields.problems, required=(), optional=_keys(held))
    return {name: inner.decimal(name) for name in _keys(held)}


def _mapping(fields: Fields, key: str) -> dict[str, object]:
    held = fields.raw(key)
    if held is None:
        return {}
    if not isinstance(held, Mapping) or not all(isinstance(name, str) for name in held):
        fields.report("mapping-expected", "此处应为键值对", "a mapping is expected here", at=key)
        return {}
    return {str(name): value for name, value in held.items()}


def _keys(document: object) -> tuple[str, ...]:
    return tuple(str(key) for key in document) if isinstance(document, Mapping) else ()
