"""The plan of a cycle: its stages in their order, their days, who decides. Data; a published version never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from shared.calendar.working_days import DayKind
from shared.documents.canonical import Json, document_hash
from shared.web.principals import Role


@dataclass(frozen=True, slots=True)
class DayRule:
    """A day: fixed (``on``), of a round in the registry's calendar, or so many days after a stage was done."""

    on: date | None = None
    round: str | None = None
    round_day: str | None = None
    after: str | None = None
    days: int = 0
    kind: DayKind = DayKind.CALENDAR


@dataclass(frozen=True, slots=True)
class GatePlan:
    """Who decides a stage: so many persons with one of these roles, of different units where it says so."""

    persons: int
    roles: frozenset[Role]
    units_differ: bool = False
    send_back_to: str | None = None  # on a rejection; else the stage is blocked


@dataclass(frozen=True, slots=True)
class StagePlan:
    """One stage: when it may begin, by when it is due, who decides, and what only this stage is told (``given``)."""

    code: str
    zh: str
    en: str
    after: tuple[str, ...]
    is_kept: bool
    may_be_waived: bool = False
    not_before: DayRule | None = None
    due: DayRule | None = None
    remind_days_before: tuple[int, ...] = ()
    escalate_after_days: int | None = None
    escalate_to: frozenset[Role] = frozenset()
    gate: GatePlan | None = None
    given: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """``content`` is the document as it was read; ``sha256`` its hash."""

    programme: str
    assessment_year: int
    version: str
    stages: tuple[StagePlan, ...]
    content: Json

    @cached_property
    def sha256(self) -> str:
        return document_hash(self.content)

    @cached_property
    def by_code(self) -> Mapping[str, StagePlan]:
        return {stage.code: stage for stage in self.stages}

    def later_than(self, code: str) -> frozenset[str]:
        """The stages that come after this one, directly or not, with itself."""
        found = {code}
        for stage in self.stages:  # a stage stands behind those it comes after
            if found & set(stage.after):
                found.add(stage.code)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class PlanChange:
    """What a new version of a plan says of a stage that had not begun; null: there was or is none."""

    stage: str
    before: Json
    after: Json


def changes_between(before: Plan, after: Plan) -> tuple[PlanChange, ...]:
    """The stages that differ, in the new plan's order, then those that are gone."""
    old, new = (_documents(plan) for plan in (before, after))
    codes = [*new, *(code for code in old if code not in new)]
    return tuple(
        PlanChange(code, old.get(code), new.get(code)) for code in codes if old.get(code) != new.get(code)
    )


def _documents(plan: Plan) -> dict[str, Json]:
    assert isinstance(plan.content, Mapping)  # noqa: S101 - it was read from a mapping
    stages = plan.content["stages"]
    return {str(stage["stage"]): stage for stage in stages}  # type: ignore[union-attr,index,call-overload]
