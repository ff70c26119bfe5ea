"""From a decoded document to a scheme, or to the list of everything that is wrong with it.

The document is what a YAML or JSON reader gives: mappings, lists, texts, integers, flags. Decimals are texts.
What it may leave out has documented defaults (`docs/schemes.md`).
"""

from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal

from services.scoring.domain.reading.checks import check_scheme
from services.scoring.domain.reading.conditions import OF_RESULT
from services.scoring.domain.reading.fields import Fields
from services.scoring.domain.reading.grades import read_grades
from services.scoring.domain.reading.nodes import read_root
from services.scoring.domain.reading.rules import (
    ITEMS_LIMIT,
    OURS,
    Order,
    read_adjustment,
    read_named_outcome,
    read_notice,
    read_rounding,
    read_status_steps,
    read_tie_key,
    read_ties,
)
from services.scoring.domain.reading.sections import (
    read_blend,
    read_cohort,
    read_data,
    read_example,
    read_facts,
    read_robustness,
)
from services.scoring.domain.reading.steps import STEP_KEYS, read_steps
from services.scoring.domain.reading.tree_parts import NAME_KEYS, Inherited, read_absence, read_name
from services.scoring.domain.scheme.conditions import Always
from services.scoring.domain.scheme.names import Name
from services.scoring.domain.scheme.scheme import NamedOutcome, NoticeRules, Scheme
from services.scoring.domain.scheme.sections import Cohort, DataRules, Robustness
from services.scoring.domain.scheme.steps import LeafSteps
from services.scoring.domain.scheme.ties import AtCut, Basis, Exhausted, TieMethod, Ties
from services.scoring.domain.scheme.tree import Absence, AbsencePolicy, Direction
from shared.calendar.working_days import DayKind
from shared.errors import Item
from shared.policy.documents import DOCUMENT_KEYS, SourceDocument, read_source_document
from shared.policy.source import Source, read_source

SCALE_LIMIT = 1_000
QUANTUM_DIGITS_LIMIT = 15
SCHEMA = "county-clusters/scheme/2"
REQUIRED = ("schema", "id", "version", "tree", "rounding")
# What a scheme must also say before a service may publish it.
FOR_SERVICE = ("programme", "title", "label", "effective", "outcomes", "proposed_status", "notice")
OPTIONAL = (
    "clause",
    "basis",
    "document",
    "scale",
    "quantum_digits",
    "missing",
    "not_applicable",
    "adjustments",
    "rank_on",
    "band_on",
    "ties",
    "grades",
    "examples",
    "data",
    "facts",
    "defaults",
    "cohort",
    "range",
    "peer_group",
    "blend",
    "lexicographic",
    "order",
    "robustness",
)


def parse_scheme(
    document: object, *, known_indicators: Collection[str] | None = None
) -> tuple[Scheme | None, list[Item]]:
    """The scheme and no problem, or no scheme and every problem found."""
    problems: list[Item] = []
    fields = Fields(document, "", problems, required=REQUIRED, optional=(*FOR_SERVICE, *OPTIONAL))
    scheme = _read(fields, problems)
    check_scheme(scheme, problems, known_indicators=known_indicators)
    return (None, problems) if problems else (scheme, [])


def lacking_for_service(document: Mapping[str, object]) -> list[Item]:
    """What a scheme must also say before an assessment can be run and published by it."""
    data = document.get("data")
    panel = isinstance(data, Mapping) and data.get("year") is not None and data.get("data_year") is None
    zh = "快照只有一个评估年度:逐年评分请用 clusters score,并以 cohort.frozen 冻结参数"
    en = (
        "a snapshot is of one year: score a panel by clusters score, and give its parameters as cohort.frozen"
    )
    return [Item("data.year", "panel-in-a-service", zh, en)] * panel + [
        Item("", "missing-key", f"发布评估须有: {key}", f"an assessment needs the key {key}")
        for key in FOR_SERVICE
        if document.get(key) is None
    ]


def _read(fields: Fields, problems: list[Item]) -> Scheme:
    if fields.has("schema") and fields.raw("schema") != SCHEMA:
        fields.report("choice-expected", f"应为 {SCHEMA}", f"{SCHEMA} is expected", at="schema")
    scale = (
        Decimal(fields.integer("scale", minimum=1, maximum=SCALE_LIMIT))
        if fields.has("scale")
        else Decimal(1)
    )
    range_ = _read_range(fields, problems)
    title = Name(fields.code("id"), fields.code("id"))
    if fields.has("title"):
        title = read_name(Fields(fields.raw("title"), "title", problems, required=NAME_KEYS))
    source = read_source(fields) if fields.has("label") else OURS
    starts_on, ends_on = _read_interval(fields, problems)
    eligible, developing_well = _read_outcomes(fields, problems)
    return Scheme(
        id=fields.code("id"),
        version=fields.code("version"),
        programme=fields.code("programme") if fields.has("programme") else "",
        title=title,
        source=source,
        effective_from=starts_on,
        effective_to=ends_on,
        scale=scale,
        quantum_digits=fields.integer("quantum_digits", minimum=1, maximum=QUANTUM_DIGITS_LIMIT)
        if fields.has("quantum_digits")
        else QUANTUM_DIGITS_LIMIT,
        root=read_root(fields.raw("tree"), "tree", problems, inherited=_inherited(fields, problems, source)),
        adjustments=fields.each(
            "adjustments", lambda d, at: read_adjustment(d, at, problems), limit=ITEMS_LIMIT
        ),
        rounding=read_rounding(fields.raw("rounding"), "rounding", problems),
        rank_on=fields.choice("rank_on", Basis) if fields.has("rank_on") else Basis.ROUNDED,
        band_on=fields.choice("band_on", Basis) if fields.has("band_on") else Basis.ROUNDED,
        ties=read_ties(fields.raw("ties"), "ties", problems) if fields.has("ties") else _TIES,
        grades=read_grades(fields.raw("grades"), "grades", problems, span=range_)
        if fields.has("grades")
        else None,
        eligible=eligible,
        developing_well=developing_well,
        proposed_status=read_status_steps(fields.raw("proposed_status"), "proposed_status", problems)
        if fields.has("proposed_status")
        else {},
        notice=read_notice(fields.raw("notice"), "notice", problems) if fields.has("notice") else _NO_NOTICE,
        data=read_data(fields.raw("data"), problems) if fields.has("data") else DataRules(),
        cohort=read_cohort(fields.raw("cohort"), problems, by_group=fields.has("peer_group"))
        if fields.has("cohort")
        else Cohort(),
        facts=read_facts(fields),
        document=_read_source_document(fields, problems),
        range_=range_,
        peer_group=fields.optional_text("peer_group"),
        blend=read_blend(fields.raw("blend"), problems) if fields.has("blend") else None,
        lexicographic=fields.each(
            "lexicographic", lambda d, at: read_tie_key(d, at, problems), limit=ITEMS_LIMIT
        )
        if fields.has("lexicographic")
        else (),
        ascending=fields.choice("order", Order) is Order.ASCENDING if fields.has("order") else False,
        robustness=read_robustness(fields.raw("robustness"), problems)
        if fields.has("robustness")
        else Robustness(),
        examples=fields.each("examples", lambda d, at: read_example(d, at, problems), limit=EXAMPLES_LIMIT)
        if fields.has("examples")
        else (),
    )


def _inherited(fields: Fields, problems: list[Item], source: Source) -> Inherited:
    missing, not_applicable = _REFUSE, _RENORMALISE
    if fields.has("missing"):
        missing = read_absence(fields.raw("missing"), "missing", problems)
    if fields.has("not_applicable"):
        not_applicable = read_absence(fields.raw("not_applicable"), "not_applicable", problems)
    defaults, direction = LeafSteps(), None
    if fields.has("defaults"):
        inner = Fields(
            fields.raw("defaults"), "defaults", problems, required=(), optional=(*STEP_KEYS, "direction")
        )
        defaults = read_steps(inner, defaults)
        direction = inner.choice("direction", Direction) if inner.has("direction") else None
    return Inherited(source, missing, not_applicable, 1, defaults, direction)


def _read_range(fields: Fields, problems: list[Item]) -> tuple[Decimal, Decimal] | None:
    """Within what every score is kept, where the scheme says so."""
    if not fields.has("range"):
        return None
    inner = Fields(fields.raw("range"), "range", problems, required=("minimum", "maximum"))
    low, high = inner.decimal("minimum"), inner.decimal("maximum")
    if low >= high:
        inner.report("range-order", "下限须小于上限", "the minimum must be below the maximum")
    return low, high


def _read_source_document(fields: Fields, problems: list[Item]) -> SourceDocument | None:
    if not fields.has("document"):
        return None
    return read_source_document(Fields(fields.raw("document"), "document", problems, required=DOCUMENT_KEYS))


def _read_interval(fields: Fields, problems: list[Item]) -> tuple[date, date | None]:
    if not fields.has("effective"):
        return date(1, 1, 1), None
    interval = Fields(fields.raw("effective"), "effective", problems, required=("from",), optional=("to",))
    return interval.date("from"), interval.date("to") if interval.has("to") else None


def _read_outcomes(fields: Fields, problems: list[Item]) -> tuple[NamedOutcome, NamedOutcome]:
    codes = ("eligible", "developing_well")
    if not fields.has("outcomes"):
        return NamedOutcome(codes[0], OURS, Always()), NamedOutcome(codes[1], OURS, Always())
    outcomes = Fields(fields.raw("outcomes"), "outcomes", problems, required=codes)
    first, second = (
        read_named_outcome(outcomes.raw(code), outcomes.at(code), problems, code=code, may_use=OF_RESULT)
        for code in codes
    )
    return first, second


EXAMPLES_LIMIT = 1_000
_TIES = Ties(TieMethod.MIN, (), Exhausted.SHARE, AtCut.REFUSE)
_REFUSE = Absence(AbsencePolicy.REFUSE, None, Decimal(0))
_RENORMALISE = Absence(AbsencePolicy.RENORMALISE, None, Decimal(0))
_NO_NOTICE = NoticeRules(OURS, 0, DayKind.CALENDAR)
