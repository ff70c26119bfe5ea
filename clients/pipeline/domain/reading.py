"""Reading a plan strictly: every problem with its place; a gap or an order that cannot be is an error."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from clients.pipeline.domain.plan import DayRule, GatePlan, Plan, StagePlan
from shared.calendar.working_days import DayKind
from shared.documents.canonical import Json, canonical_bytes
from shared.documents.strict_fields import StrictFields
from shared.errors import Item, Refusal
from shared.web.principals import Role

MAX_STAGES: Final = 60
MAX_PERSONS: Final = 5
LONGEST_DAYS: Final = 366
_DECIDERS: Final = frozenset(Role) - {Role.PIPELINE, Role.SERVICE, Role.PUBLIC}


class PlanInvalid(Refusal):
    """A plan has mistakes; the items have each with its place."""

    code = "plan-invalid"


class RoundDay(StrEnum):
    OPENS_ON = "opens_on"
    CLOSES_ON = "closes_on"
    CUT_OFF = "cut_off"


def read_plan(document: Json, *, known: Collection[str]) -> Plan:
    """The plan; ``known`` are the stages that this version of the pipeline can do."""
    problems: list[Item] = []
    fields = StrictFields(
        document, "", problems, required=("programme", "assessment_year", "version", "stages")
    )
    programme, version = fields.code("programme"), fields.code("version")
    year = fields.integer("assessment_year", minimum=2000, maximum=2199)
    stages = fields.each("stages", lambda item, at: _stage(item, at, problems), limit=MAX_STAGES, minimum=1)
    stages = _in_order(stages, problems)
    _check_stages(stages, problems, known=known)
    _check_can_be_kept(document, problems)
    if problems:
        raise PlanInvalid(
            f"年度流程方案有{len(problems)}处错误", f"The plan has {len(problems)} mistakes", items=problems
        )
    return Plan(programme, year, version, stages, document)


def _check_can_be_kept(document: Json, problems: list[Item]) -> None:
    """A plan is hashed and kept: it has no binary fractions, no control characters, no half characters."""
    try:
        is_fit = b"\\u0000" not in canonical_bytes(document)
    except (TypeError, ValueError):
        is_fit = False
    if not is_fit:
        zh = "含有不能保存的内容(小数请写成文本;不得有控制字符)"
        en = "holds what cannot be kept: write a fraction as a text, and no control characters"
        problems.append(Item("", "not-canonical", zh, en))


def _stage(item: Any, at: str, problems: list[Item]) -> StagePlan:
    optional = (
        "after", "kept", "may_be_waived", "not_before", "due", "remind_days_before", "escalate_after_days",
        "escalate_to", "gate", "with",
    )  # fmt: skip
    fields = StrictFields(item, at, problems, required=("stage", "zh", "en"), optional=optional)
    after = fields.each("after", lambda v, p: _text(v, p, problems), limit=20) if fields.has("after") else ()
    given = fields.raw("with") if fields.has("with") else {}
    if not isinstance(given, dict):
        fields.report("mapping-expected", "此处应为键值对", "a mapping is expected here", at="with")
        given = {}
    return StagePlan(
        code=fields.code("stage"),
        zh=fields.text("zh"),
        en=fields.text("en"),
        after=after,
        is_kept=fields.flag("kept") if fields.has("kept") else True,
        may_be_waived=fields.flag("may_be_waived") if fields.has("may_be_waived") else False,
        not_before=_day(fields, "not_before"),
        due=_day(fields, "due"),
        remind_days_before=_days_before(fields, problems),
        escalate_after_days=_number(fields, "escalate_after_days", minimum=0),
        escalate_to=_roles(fields, "escalate_to", problems) if fields.has("escalate_to") else frozenset(),
        gate=_gate(fields, problems) if fields.has("gate") else None,
        given=given,
    )


def _day(fields: StrictFields, key: str) -> DayRule | None:
    if not fields.has(key):
        return None
    value = fields.raw(key)
    if not isinstance(value, dict):
        return DayRule(on=fields.date(key))
    if "round" in value:
        own = StrictFields(value, fields.at(key), fields.problems, required=("round", "day"))
        return DayRule(round=own.code("round"), round_day=own.choice("day", RoundDay).value)
    own = StrictFields(value, fields.at(key), fields.problems, required=("after", "days"), optional=("kind",))
    kind = own.choice("kind", DayKind) if own.has("kind") else DayKind.CALENDAR
    days = own.integer("days", minimum=0, maximum=LONGEST_DAYS)
    return DayRule(after=own.code("after"), days=days, kind=kind)


def _gate(fields: StrictFields, problems: list[Item]) -> GatePlan:
    own = StrictFields(
        fields.raw("gate"), fields.at("gate"), problems,
        required=("persons", "roles"), optional=("units_differ", "send_back_to"),
    )  # fmt: skip
    persons = own.integer("persons", minimum=1, maximum=MAX_PERSONS)
    differ = own.flag("units_differ") if own.has("units_differ") else persons > 1
    back = own.code("send_back_to") if own.has("send_back_to") else None
    return GatePlan(persons, _roles(own, "roles", problems), differ, back)


def _roles(fields: StrictFields, key: str, problems: list[Item]) -> frozenset[Role]:
    known = {role.value: role for role in _DECIDERS}
    names = fields.each(key, lambda value, at: _text(value, at, problems), limit=len(known), minimum=1)
    for name in names:
        if name and name not in known:
            fields.report("role-unknown", f"没有这个角色:{name}", f"there is no role {name}", at=key)
    return frozenset(known[name] for name in names if name in known)


def _days_before(fields: StrictFields, problems: list[Item]) -> tuple[int, ...]:
    if not fields.has("remind_days_before"):
        return ()
    found = fields.each("remind_days_before", lambda value, at: _integer(value, at, problems), limit=10)
    return tuple(sorted(set(found), reverse=True))


def _number(fields: StrictFields, key: str, *, minimum: int) -> int | None:
    return fields.integer(key, minimum=minimum, maximum=LONGEST_DAYS) if fields.has(key) else None


def _text(value: Any, at: str, problems: list[Item]) -> str:
    own: list[Item] = []
    text = StrictFields({"v": value}, "", own, required=("v",)).code("v")
    problems.extend(Item(at, item.rule, item.zh, item.en) for item in own)
    return text


def _integer(value: Any, at: str, problems: list[Item]) -> int:
    own: list[Item] = []
    number = StrictFields({"v": value}, "", own, required=("v",)).integer(
        "v", minimum=0, maximum=LONGEST_DAYS
    )
    problems.extend(Item(at, item.rule, item.zh, item.en) for item in own)
    return number


def _in_order(stages: Sequence[StagePlan], problems: list[Item]) -> tuple[StagePlan, ...]:
    """A stage that names none before it comes after the one above it."""
    found: list[StagePlan] = []
    for number, stage in enumerate(stages):
        before = {earlier.code for earlier in found}
        at = f"stages[{number}]"
        if stage.code and stage.code in before:
            problems.append(
                Item(at, "stage-twice", f"环节 {stage.code} 出现两次", f"the stage {stage.code} stands twice")
            )
        for code in stage.after:
            if code and code not in before:
                problems.append(
                    Item(
                        f"{at}.after",
                        "order-impossible",
                        f"环节 {stage.code} 排在 {code} 之后,但 {code} 不在它前面",
                        f"{stage.code} comes after {code}, which does not stand before it",
                    )
                )
        found.append(replace(stage, after=stage.after or ((found[-1].code,) if found else ())))
    return tuple(found)


def _check_stages(stages: Sequence[StagePlan], problems: list[Item], *, known: Collection[str]) -> None:
    seen: dict[str, StagePlan] = {}
    for number, stage in enumerate(stages):
        at = f"stages[{number}]"
        if stage.is_kept and stage.code and stage.code not in known:
            problems.append(
                Item(
                    f"{at}.stage",
                    "stage-unknown",
                    f"本系统没有环节 {stage.code};尚无服务支持的环节请写 kept: false",
                    f"there is no stage {stage.code}; where no service keeps it yet, say kept: false",
                )
            )
        _check_days(stage, at, seen, problems)
        back = stage.gate.send_back_to if stage.gate else None
        if back is not None and back not in seen:
            problems.append(
                Item(
                    f"{at}.gate.send_back_to",
                    "order-impossible",
                    f"只能退回到前面的环节,{back} 不在前面",
                    f"a stage goes back to one before it, and {back} is not",
                )
            )
        seen[stage.code] = stage


def _check_days(stage: StagePlan, at: str, seen: dict[str, StagePlan], problems: list[Item]) -> None:
    for key, rule in (("not_before", stage.not_before), ("due", stage.due)):
        if rule is not None and rule.after is not None and rule.after not in seen:
            problems.append(
                Item(
                    f"{at}.{key}.after",
                    "order-impossible",
                    f"日期从环节 {rule.after} 起算,但它不在前面",
                    f"the day counts from {rule.after}, which does not stand before it",
                )
            )
    if stage.due is None and (stage.remind_days_before or stage.escalate_after_days is not None):
        problems.append(
            Item(
                f"{at}.due",
                "day-missing",
                "有提醒或督办,但没有截止日期",
                "there are reminders, but no day that it is due",
            )
        )
    if stage.escalate_after_days is not None and not stage.escalate_to:
        problems.append(
            Item(
                f"{at}.escalate_to",
                "roles-missing",
                "督办没有写明对象",
                "it does not say to whom it is escalated",
            )
        )
    begins, ends = _fixed(stage.not_before), _fixed(stage.due)
    if begins is not None and ends is not None and ends < begins:
        problems.append(
            Item(
                f"{at}.due",
                "days-reversed",
                f"截止日期 {ends} 早于开始日期 {begins}",
                f"it is due on {ends}, before it may begin on {begins}",
            )
        )
    for code in stage.after:
        earlier = seen.get(code)
        starts = _fixed(earlier.not_before) if earlier else None
        if starts is not None and ends is not None and ends < starts:
            problems.append(
                Item(
                    f"{at}.due",
                    "days-reversed",
                    f"截止日期 {ends} 早于前一环节 {code} 的开始日期 {starts}",
                    f"it is due on {ends}, before {code}, which comes first, may begin on {starts}",
                )
            )


def _fixed(rule: DayRule | None) -> date | None:
    return rule.on if rule is not None else None
