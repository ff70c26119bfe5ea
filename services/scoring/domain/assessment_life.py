"""The life of an assessment: proposed → decided → under notice → final, and what each step asks for.

An upheld objection supersedes the proposal and leads back to *proposed*. The new list needs its own
decision. The notice that runs goes on, unless somebody now stands on a list on which the public has not
seen them: then it is opened anew, for its full length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.scoring.domain.refusals import (
    AssessmentNotInState,
    DecisionIsNotOnCurrentRelease,
    DecisionLiesInTheFuture,
    NoticeIsNotOver,
    ObjectionOutsideNoticePeriod,
    ObjectionsAreOpen,
)
from services.scoring.domain.scheme import NoticeRules


class State(StrEnum):
    PROPOSED = "proposed"
    DECIDED = "decided"
    UNDER_NOTICE = "under_notice"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    """First and last day, both included."""

    starts_on: date
    ends_on: date
    days: int
    day_kind: str


def notice_period(starts_on: date, rules: NoticeRules) -> NoticePeriod:
    return NoticePeriod(starts_on, starts_on + timedelta(days=rules.days - 1), rules.days, rules.day_kind)


def require_state(state: State, *allowed: State) -> None:
    if state not in allowed:
        names = ", ".join(allowed)
        raise AssessmentNotInState(
            f"评估处于“{state}”状态,此操作须在 {names} 状态进行",
            f"The assessment is {state}; this takes one that is {names}",
        )


def require_decidable(
    state: State, *, current_sha256: str, decided_sha256: str, decided_on: date, today: date
) -> None:
    require_state(state, State.PROPOSED)
    if decided_sha256 != current_sha256:
        raise DecisionIsNotOnCurrentRelease(
            "决定所依据的不是现行结果", "The decision names a release that is not the current one"
        )
    if decided_on > today:
        raise DecisionLiesInTheFuture(
            f"决定日期{decided_on}晚于今天({today})",
            f"The decision of {decided_on} is later than today, {today}",
        )


def state_after_decision(notice: NoticePeriod | None, *, repeat_notice: bool) -> State:
    return State.UNDER_NOTICE if notice is not None and not repeat_notice else State.DECIDED


def require_open_for_objections(state: State, notice: NoticePeriod | None, *, today: date) -> None:
    require_state(state, State.UNDER_NOTICE, State.PROPOSED, State.DECIDED)
    if notice is None or not notice.starts_on <= today <= notice.ends_on:
        period = "尚未公示" if notice is None else f"公示期为{notice.starts_on}至{notice.ends_on}"
        en = (
            "no notice was opened"
            if notice is None
            else f"the notice runs {notice.starts_on} to {notice.ends_on}"
        )
        raise ObjectionOutsideNoticePeriod(
            f"异议须在公示期内提出({period})", f"Objections are filed within the notice days: {en}"
        )


def require_finalisable(
    state: State, notice: NoticePeriod | None, *, open_objections: Sequence[int], today: date
) -> NoticePeriod:
    """The notice that was kept, if the assessment may become final."""
    require_state(state, State.UNDER_NOTICE)
    if notice is None or today <= notice.ends_on:
        end = None if notice is None else notice.ends_on
        raise NoticeIsNotOver(f"公示期到{end}为止,尚未结束", f"The public notice runs until {end}")
    if open_objections:
        numbers = ", ".join(str(number) for number in open_objections)
        raise ObjectionsAreOpen(f"异议 {numbers} 号尚未处理", f"Objections {numbers} have no ruling yet")
    return notice
