"""What stages read: what their plan tells them, and answers of services that may not be there yet."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from typing import Any, Final, TypeVar

from clients.pipeline.stages.contract import View
from shared.errors import Refusal
from shared.http.client import ServiceProblem
from shared.http.registry.programmes import CalendarRoundView

Answer = TypeVar("Answer")
#: So many are named in a reason; of the others, how many there are.
MOST_NAMED: Final = 10


class PlanIncomplete(Refusal):
    """The plan does not tell a stage what it needs, or tells it something else."""

    code = "plan-incomplete"


class ResultMissing(Refusal):
    """A stage that this one rests on came to nothing: it was waived or passed over."""

    code = "result-missing"


async def unless_missing(asked: Awaitable[Answer]) -> Answer | None:
    """The answer, or null where the service has no such thing."""
    try:
        return await asked
    except ServiceProblem as problem:
        if problem.status == 404:
            return None
        raise


def given(view: View, name: str) -> Any:
    """What the plan says under ``with`` of this stage, or of another one: a year's things are named once. Null where
    it says nothing.
    """
    if name in view.stage.given:
        return view.stage.given[name]
    return next((stage.given[name] for stage in view.plan.stages if name in stage.given), None)


def given_text(view: View, name: str) -> str:
    found = given(view, name)
    if not isinstance(found, str) or not found:
        raise _incomplete(view, name, "文字", "a text")
    return found


def given_version(view: View, name: str) -> tuple[str, str]:
    """A document by its ``id`` and ``version``."""
    found = given(view, name)
    if isinstance(found, Mapping):
        code, version = found.get("id"), found.get("version")
        if isinstance(code, str) and isinstance(version, str):
            return code, version
    raise _incomplete(view, name, "编号和版本", "an id and a version")


def came_to(view: View, stage: str, key: str) -> Any:
    """What an earlier stage came to, without which this one has nothing to do."""
    found = view.result(stage, key)
    if not found:
        raise ResultMissing(
            f"环节“{view.stage.zh}”要以 {stage} 的结果为依据，但该环节没有结果",
            f"The stage {view.stage.code} rests on what {stage} came to, and it came to nothing",
        )
    return found


async def rounds_of(view: View) -> list[CalendarRoundView]:
    """The year's rounds (``rounds``) with their days, as the registry's calendar has them now."""
    codes = given(view, "rounds")
    if not isinstance(codes, list) or not codes:
        raise _incomplete(view, "rounds", "轮次代码的列表", "a list of rounds")
    calendar = await unless_missing(
        view.services.registry.calendar(view.plan.programme, view.plan.assessment_year)
    )
    known = {} if calendar is None else {entry.code: entry for entry in calendar.rounds}
    unknown = [str(code) for code in codes if code not in known]
    if unknown:
        raise PlanIncomplete(
            f"{view.plan.assessment_year}年度日历中没有轮次：{'、'.join(unknown)}",
            f"The calendar of {view.plan.assessment_year} has no round {', '.join(unknown)}",
        )
    return [known[code] for code in codes]


def named(codes: list[str]) -> tuple[str, str]:
    """At most ten of them, in Chinese and English."""
    shown, more = codes[:MOST_NAMED], len(codes) - MOST_NAMED
    zh, en = "、".join(shown), ", ".join(shown)
    return (f"{zh}等", f"{en} and {more} more") if more > 0 else (zh, en)


def _incomplete(view: View, name: str, zh: str, en: str) -> PlanIncomplete:
    return PlanIncomplete(
        f"年度流程方案没有写明环节“{view.stage.zh}”所需的 {name}（应为{zh}）",
        f"The plan does not name {name} ({en}), which the stage {view.stage.code} needs",
    )
