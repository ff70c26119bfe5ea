"""Reading measures and conditions of a scheme.

A condition is a mapping with exactly one of: `always`, `all`, `any`, `not`, `fact`, `measure`, `node`,
`score`, `rank`, `grade`, `adjusted`, `outcome`. Which of them a rule may use depends on what is known when it runs.
"""

from collections.abc import Collection, Mapping

from services.scoring.domain.reading.fields import Fields
from services.scoring.domain.scheme.conditions import (
    AdjustedBy,
    AllOf,
    Always,
    AnyOf,
    Condition,
    FactIn,
    GradeIn,
    Interval,
    MeasureWithin,
    NodeWithin,
    NotThat,
    OutcomeHolds,
    RankAtMost,
    ScoreWithin,
)
from services.scoring.domain.scheme.measures import Growth, Measure, Plain, Ratio
from shared.errors import Item

DEPTH_LIMIT = 12
PARTS_LIMIT = 100
MEASURE_KEYS = ("indicator", "growth", "ratio")
BOUNDS = ("at_least", "more_than", "at_most", "less_than")
OF_DATA = frozenset({"always", "all", "any", "not", "fact", "measure", "node"})
OF_RESULT = OF_DATA | {"score", "rank", "grade", "adjusted", "outcome"}


def read_measure(document: object, path: str, problems: list[Item]) -> Measure:
    """`{indicator}`, `{growth}` or `{ratio: {numerator, denominator}}`, with `year_offset` if not of the
    data year.
    """
    fields = Fields(document, path, problems, required=(), optional=(*MEASURE_KEYS, "year_offset"))
    offset = fields.integer("year_offset", minimum=-5, maximum=0) if fields.has("year_offset") else 0
    named = [key for key in MEASURE_KEYS if fields.has(key)]
    if len(named) != 1:
        fields.report(
            "one-measure",
            "须且只能有 indicator、growth、ratio 之一",
            "exactly one of indicator, growth, ratio is expected",
        )
        return Plain("", 0)
    if named == ["ratio"]:
        parts = Fields(
            fields.raw("ratio"), fields.at("ratio"), problems, required=("numerator", "denominator")
        )
        return Ratio(parts.text("numerator"), parts.text("denominator"), offset)
    code = fields.text(named[0])
    return Growth(code, offset) if named == ["growth"] else Plain(code, offset)


def read_condition(
    document: object, path: str, problems: list[Item], *, may_use: Collection[str], depth: int = 0
) -> Condition:
    if not isinstance(document, Mapping):
        problems.append(Item(path, "mapping-expected", "此处应为条件", "a condition is expected here"))
        return Always()
    if depth > DEPTH_LIMIT:
        zh, en = f"条件嵌套超过{DEPTH_LIMIT}层", f"conditions are nested more than {DEPTH_LIMIT} deep"
        problems.append(Item(path, "too-deep", zh, en))
        return Always()
    kinds = [key for key in document if key in OF_RESULT]
    if len(kinds) != 1 or kinds[0] not in may_use:
        names = ", ".join(sorted(may_use))
        zh, en = f"条件须且只能有其中之一: {names}", f"a condition here has exactly one of {names}"
        problems.append(Item(path, "one-condition", zh, en))
        return Always()
    kind = str(kinds[0])
    if kind in ("all", "any", "not"):
        return _read_combination(document, path, problems, kind=kind, may_use=may_use, depth=depth)
    return _READERS[kind](document, path, problems)


def _read_combination(
    document: Mapping[object, object],
    path: str,
    problems: list[Item],
    *,
    kind: str,
    may_use: Collection[str],
    depth: int,
) -> Condition:
    fields = Fields(document, path, problems, required=(kind,))

    def read(part: object, at: str) -> Condition:
        return read_condition(part, at, problems, may_use=may_use, depth=depth + 1)

    if kind == "not":
        return NotThat(read(fields.raw("not"), fields.at("not")))
    parts = fields.each(kind, read, limit=PARTS_LIMIT)
    if not parts:
        fields.report("empty-condition", "条件列表为空", "the list of conditions is empty", at=kind)
    return AllOf(parts) if kind == "all" else AnyOf(parts)


def _read_interval(fields: Fields) -> Interval:
    interval = Interval(
        at_least=fields.optional_decimal("at_least"),
        more_than=fields.optional_decimal("more_than"),
        at_most=fields.optional_decimal("at_most"),
        less_than=fields.optional_decimal("less_than"),
    )
    if interval == Interval():
        names = ", ".join(BOUNDS)
        fields.report("no-bound", f"须至少有一个界限: {names}", f"at least one bound is expected: {names}")
    return interval


def _read_always(document: object, path: str, problems: list[Item]) -> Condition:
    fields = Fields(document, path, problems, required=("always",))
    if not fields.flag("always"):
        fields.report("always-true", "always 只能为 true", "always can only be true", at="always")
    return Always()


def _read_fact(document: object, path: str, problems: list[Item]) -> Condition:
    fields = Fields(document, path, problems, required=("fact", "in", "if_missing"))
    return FactIn(fields.text("fact"), _words(fields), fields.flag("if_missing"))


def _words(fields: Fields) -> tuple[str, ...]:
    """The words of a fact; a bare `true` or `yes` of YAML is no word and is refused."""
    words = fields.texts("in")
    if fields.has("in") and not words and isinstance(fields.raw("in"), list):
        fields.report("texts-expected", "应为非空的文本列表", "a list of texts is expected", at="in")
    return words


def _read_measure_within(document: object, path: str, problems: list[Item]) -> Condition:
    fields = Fields(document, path, problems, required=("measure", "if_missing"), optional=BOUNDS)
    measure = read_measure(fields.raw("measure"), fields.at("measure"), problems)
    return MeasureWithin(measure, _read_interval(fields), fields.flag("if_missing"))


def _read_node_within(document: object, path: str, problems: list[Item]) -> Condition:
    fields = Fields(document, path, problems, required=("node", "if_missing"), optional=BOUNDS)
    return NodeWithin(fields.code("node"), _read_interval(fields), fields.flag("if_missing"))


def _read_score(document: object, path: str, problems: list[Item]) -> Condition:
    fields = Fields(document, path, problems, required=("score",))
    bounds = Fields(fields.raw("score"), fields.at("score"), problems, required=(), optional=BOUNDS)
    return ScoreWithin(_read_interval(bounds))


def _read_rank(document: object, path: str, problems: list[Item]) -> Condition:
    fields = Fields(document, path, problems, required=("rank",))
    bound = Fields(fields.raw("rank"), fields.at("rank"), problems, required=("at_most",))
    return RankAtMost(bound.integer("at_most", minimum=1, maximum=1_000_000))


def _read_grade(document: object, path: str, problems: list[Item]) -> Condition:
    fields = Fields(document, path, problems, required=("grade",))
    return GradeIn(Fields(fields.raw("grade"), fields.at("grade"), problems, required=("in",)).codes("in"))


def _read_adjusted(document: object, path: str, problems: list[Item]) -> Condition:
    return AdjustedBy(Fields(document, path, problems, required=("adjusted",)).codes("adjusted"))


def _read_outcome(document: object, path: str, problems: list[Item]) -> Condition:
    return OutcomeHolds(Fields(document, path, problems, required=("outcome",)).code("outcome"))


_READERS = {
    "always": _read_always,
    "fact": _read_fact,
    "measure": _read_measure_within,
    "node": _read_node_within,
    "score": _read_score,
    "rank": _read_rank,
    "grade": _read_grade,
    "adjusted": _read_adjusted,
    "outcome": _read_outcome,
}
