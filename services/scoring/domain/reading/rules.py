"""Reading the rules that follow the tree: adjustments, ties, grades, outcomes, statuses, notice."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from enum import StrEnum

from services.scoring.domain.reading.conditions import OF_DATA, OF_RESULT, read_condition, read_measure
from services.scoring.domain.reading.fields import Fields
from services.scoring.domain.reading.tree_parts import NAME_KEYS, read_name
from services.scoring.domain.scheme.conditions import Always
from services.scoring.domain.scheme.scheme import (
    STATUSES_OF_KIND,
    Adjustment,
    AdjustmentKind,
    Kind,
    MeasuredPoints,
    NamedOutcome,
    NoticeRules,
    Status,
    StatusStep,
)
from services.scoring.domain.scheme.steps import RoundingMode
from services.scoring.domain.scheme.ties import AtCut, Exhausted, Rounding, TieKey, TieMethod, Ties
from shared.calendar.working_days import DayKind
from shared.errors import Item
from shared.policy.source import OPTIONAL_SOURCE_KEYS, Label, Source, read_source

ITEMS_LIMIT = 100
OURS = Source(Label.ILLUSTRATIVE, None, None)
PLACES_LIMIT = 1_000_000
NOTICE_DAYS_LIMIT = 90


class Order(StrEnum):
    DESCENDING = "descending"
    ASCENDING = "ascending"


def read_adjustment(document: object, path: str, problems: list[Item]) -> Adjustment:
    required = ("code", "kind", "when", "points")
    fields = Fields(document, path, problems, required=required, optional=(*OPTIONAL_SOURCE_KEYS, *NAME_KEYS))
    kind, measured = fields.choice("kind", AdjustmentKind), None
    if isinstance(fields.raw("points"), Mapping):
        points, measured = _read_measured_points(fields, kind)
    else:
        points = fields.decimal("points")
    if points < 0 or (points == 0 and kind is not AdjustmentKind.VETO):
        zh, en = "分值须为正数(否决可为0)", "points are positive (0 for a veto is allowed)"
        fields.report("points-positive", zh, en, at="points")
    return Adjustment(
        code=fields.code("code"),
        name=read_name(fields),
        source=read_source(fields) if fields.has("label") else OURS,
        kind=kind,
        when=read_condition(fields.raw("when"), fields.at("when"), problems, may_use=OF_DATA),
        points=points,
        measured=measured,
    )


def _read_measured_points(fields: Fields, kind: AdjustmentKind) -> tuple[Decimal, MeasuredPoints]:
    """`{measure, per, at_most, if_missing}`, of a penalty or a bonus."""
    required = ("measure", "per", "at_most", "if_missing")
    inner = Fields(fields.raw("points"), fields.at("points"), fields.problems, required=required)
    if kind not in (AdjustmentKind.PENALTY, AdjustmentKind.BONUS):
        zh, en = "只有扣分与加分可按指标计", "only a penalty or a bonus can be measured"
        inner.report("measured-points", zh, en)
    measure = read_measure(inner.raw("measure"), inner.at("measure"), fields.problems)
    per, missing = inner.decimal("per"), inner.decimal("if_missing")
    if per <= 0:
        inner.report("per-positive", "须大于0", "must be above 0", at="per")
    if missing < 0:
        inner.report("points-positive", "不可为负", "must not be negative", at="if_missing")
    return inner.decimal("at_most"), MeasuredPoints(measure, per, missing)


def read_rounding(document: object, path: str, problems: list[Item]) -> Rounding:
    fields = Fields(document, path, problems, required=("digits", "mode"))
    return Rounding(fields.integer("digits", minimum=0, maximum=15), fields.choice("mode", RoundingMode))


def read_ties(document: object, path: str, problems: list[Item]) -> Ties:
    """What is left out has the defaults that `docs/schemes.md` names."""
    fields = Fields(
        document, path, problems, required=(), optional=("method", "chain", "exhausted", "at_cut")
    )
    return Ties(
        method=fields.choice("method", TieMethod) if fields.has("method") else TieMethod.MIN,
        chain=fields.each("chain", lambda d, at: read_tie_key(d, at, problems), limit=ITEMS_LIMIT),
        exhausted=fields.choice("exhausted", Exhausted) if fields.has("exhausted") else Exhausted.SHARE,
        at_cut=fields.choice("at_cut", AtCut) if fields.has("at_cut") else AtCut.REFUSE,
    )


def read_tie_key(document: object, path: str, problems: list[Item]) -> TieKey:
    keys = ("node", "measure", "unrounded_score", "score")
    fields = Fields(document, path, problems, required=("order",), optional=keys)
    named = [key for key in keys if fields.has(key)]
    if len(named) != 1:
        zh, en = (
            "须且只能有 node、measure、unrounded_score、score 之一",
            "exactly one of node, measure, unrounded_score, score",
        )
        fields.report("one-tie-key", zh, en)
    measure = (
        read_measure(fields.raw("measure"), fields.at("measure"), problems) if named == ["measure"] else None
    )
    return TieKey(
        node=fields.code("node") if named == ["node"] else None,
        measure=measure,
        descending=fields.choice("order", Order) is Order.DESCENDING,
        rounded=named == ["score"],
    )


def read_named_outcome(
    document: object, path: str, problems: list[Item], *, code: str, may_use: Collection[str]
) -> NamedOutcome:
    fields = Fields(document, path, problems, required=("label", "when"), optional=OPTIONAL_SOURCE_KEYS)
    condition = read_condition(fields.raw("when"), fields.at("when"), problems, may_use=may_use)
    return NamedOutcome(code, read_source(fields), condition)


def read_status_steps(
    document: object, path: str, problems: list[Item]
) -> dict[Kind, tuple[StatusStep, ...]]:
    fields = Fields(document, path, problems, required=(), optional=tuple(kind.value for kind in Kind))
    steps: dict[Kind, tuple[StatusStep, ...]] = {}
    for kind in Kind:
        if fields.has(kind.value):
            read = fields.each(
                kind.value, lambda d, at: _read_status_step(d, at, problems), limit=ITEMS_LIMIT
            )
            _check_steps(fields, kind, read)
            steps[kind] = read
    if not steps:
        fields.report("no-kind", "至少须有一类(申报或评估)", "at least one kind is expected")
    return steps


def _read_status_step(document: object, path: str, problems: list[Item]) -> StatusStep:
    fields = Fields(
        document,
        path,
        problems,
        required=("status", "label", "when"),
        optional=(*OPTIONAL_SOURCE_KEYS, "places"),
    )
    return StatusStep(
        status=fields.choice("status", Status),
        source=read_source(fields),
        when=read_condition(fields.raw("when"), fields.at("when"), problems, may_use=OF_RESULT),
        places=fields.integer("places", minimum=0, maximum=PLACES_LIMIT) if fields.has("places") else None,
    )


def _check_steps(fields: Fields, kind: Kind, steps: tuple[StatusStep, ...]) -> None:
    for index, step in enumerate(steps):
        if step.status not in STATUSES_OF_KIND[kind]:
            zh, en = f"{step.status}不属于{kind}", f"{step.status} is no status of the kind {kind}"
            fields.report("status-of-kind", zh, en, at=f"{kind.value}[{index}].status")
    if not steps or steps[-1].places is not None or not isinstance(steps[-1].when, Always):
        zh, en = "最后一步须收纳其余全部", "the last step must take every unit that is left"
        fields.report("status-rest", zh, en, at=kind.value)


def read_notice(document: object, path: str, problems: list[Item]) -> NoticeRules:
    fields = Fields(
        document, path, problems, required=("label", "days", "day_kind"), optional=OPTIONAL_SOURCE_KEYS
    )
    days = fields.integer("days", minimum=1, maximum=NOTICE_DAYS_LIMIT)
    return NoticeRules(read_source(fields), days, fields.choice("day_kind", DayKind))
