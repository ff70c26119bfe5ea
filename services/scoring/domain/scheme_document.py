"""From a decoded document to a scheme, or to the list of everything that is wrong with it.

The document is what a YAML or JSON reader gives: mappings, lists, texts, integers, flags. Decimals are texts.
"""

from collections.abc import Collection
from decimal import Decimal
from enum import StrEnum

from services.scoring.domain.condition_parsing import OF_RESULT
from services.scoring.domain.fields import Fields, Problem
from services.scoring.domain.rule_parsing import (
    ITEMS_LIMIT,
    read_adjustment,
    read_grades,
    read_named_outcome,
    read_notice,
    read_rounding,
    read_status_steps,
    read_ties,
)
from services.scoring.domain.scheme import Basis, Scheme
from services.scoring.domain.scheme_checks import check_scheme
from services.scoring.domain.tree_parsing import (
    NAME_KEYS,
    Inherited,
    read_absence,
    read_name,
    read_root,
    read_source,
)

SCALE_LIMIT = 1_000
QUANTUM_DIGITS_LIMIT = 15
REQUIRED = (
    "schema",
    "id",
    "version",
    "programme",
    "title",
    "label",
    "effective",
    "scale",
    "quantum_digits",
    "missing",
    "not_applicable",
    "tree",
    "adjustments",
    "rounding",
    "rank_on",
    "band_on",
    "ties",
    "outcomes",
    "proposed_status",
    "notice",
)
OPTIONAL = ("clause", "basis", "grades")


class _Schema(StrEnum):
    V1 = "county-clusters/scheme/1"


def parse_scheme(
    document: object, *, known_indicators: Collection[str] | None = None
) -> tuple[Scheme | None, list[Problem]]:
    """The scheme and no problem, or no scheme and every problem found."""
    problems: list[Problem] = []
    scheme = _read(Fields(document, "", problems, required=REQUIRED, optional=OPTIONAL), problems)
    check_scheme(scheme, problems, known_indicators=known_indicators)
    return (None, problems) if problems else (scheme, [])


def _read(fields: Fields, problems: list[Problem]) -> Scheme:
    fields.choice("schema", _Schema)
    source = read_source(fields)
    title = read_name(Fields(fields.raw("title"), "title", problems, required=NAME_KEYS))
    interval = Fields(fields.raw("effective"), "effective", problems, required=("from",), optional=("to",))
    missing = read_absence(fields.raw("missing"), "missing", problems)
    not_applicable = read_absence(fields.raw("not_applicable"), "not_applicable", problems)
    scale = Decimal(fields.integer("scale", minimum=1, maximum=SCALE_LIMIT))
    outcomes = Fields(fields.raw("outcomes"), "outcomes", problems, required=("eligible", "developing_well"))
    named = {
        code: read_named_outcome(
            outcomes.raw(code), outcomes.at(code), problems, code=code, may_use=OF_RESULT
        )
        for code in ("eligible", "developing_well")
    }
    inherited = Inherited(source, missing, not_applicable, depth=1)
    return Scheme(
        id=fields.code("id"),
        version=fields.code("version"),
        programme=fields.code("programme"),
        title=title,
        source=source,
        effective_from=interval.date("from"),
        effective_to=interval.date("to") if interval.has("to") else None,
        scale=scale,
        quantum_digits=fields.integer("quantum_digits", minimum=1, maximum=QUANTUM_DIGITS_LIMIT),
        root=read_root(fields.raw("tree"), "tree", problems, inherited=inherited),
        adjustments=fields.each(
            "adjustments", lambda d, at: read_adjustment(d, at, problems), limit=ITEMS_LIMIT
        ),
        rounding=read_rounding(fields.raw("rounding"), "rounding", problems),
        rank_on=fields.choice("rank_on", Basis),
        band_on=fields.choice("band_on", Basis),
        ties=read_ties(fields.raw("ties"), "ties", problems),
        grades=read_grades(fields.raw("grades"), "grades", problems, scale=scale)
        if fields.has("grades")
        else None,
        eligible=named["eligible"],
        developing_well=named["developing_well"],
        proposed_status=read_status_steps(fields.raw("proposed_status"), "proposed_status", problems),
        notice=read_notice(fields.raw("notice"), "notice", problems),
    )
