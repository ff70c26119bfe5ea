"""The life of an assessment: proposed → decided → under notice → final, and what each step asks for.

An upheld objection supersedes the proposal and leads back to *proposed*. The new list needs its own
decision. The notice that runs goes on, unless somebody now stands on a list on which the public has not
seen them: then it is opened anew, for its full length.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from services.scoring.domain.refusals import (
    AssessmentNotInState,
    DecisionIsNotOnCurrentRelease,
    DecisionLiesInTheFuture,
    DecisionPrecedesItsRelease,
    NoticeEndIsProvisional,
    NoticeIsNotOver,
    ObjectionOutsideNoticePeriod,
    ObjectionsAreOpen,
)
from services.scoring.domain.scheme.scheme import NoticeRules
from shared.calendar.working_days import DayKind, WorkingDays, last_day
from shared.errors import MakerCannotCheck


class State(StrEnum):
    PROPOSED = "proposed"
    DECIDED = "decided"
    UNDER_NOTICE = "under_notice"
    FINAL = "final"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    """First and last day, both included; provisional while the holidays of its days are not all arranged."""

    starts_on: date
    ends_on: date
    days: int
    day_kind: DayKind
    provisional: bool = False

    @property
    def text(self) -> tuple[str, str]:
        zh, en = f"{self.starts_on}至{self.ends_on}", f"{self.starts_on} to {self.ends_on}"
        return (f"{zh}(截止日暂定)", f"{en} (its end is provisional)") if self.provisional else (zh, en)


def notice_period(starts_on: date, rules: NoticeRules, calendar: WorkingDays) -> NoticePeriod:
    return _counted(starts_on, rules.days, rules.day_kind, calendar)


def period_as_known(announced: NoticePeriod, calendar: WorkingDays) -> NoticePeriod:
    """The period of an open notice by today's knowledge of the calendar.

    An arrangement that was published since the notice opened may have made holidays of its working days: then it
    ends later than announced. It never ends earlier: the public was told that day.
    """
    counted = _counted(announced.starts_on, announced.days, announced.day_kind, calendar)
    return replace(counted, ends_on=max(counted.ends_on, announced.ends_on))


def _counted(starts_on: date, days: int, kind: DayKind, calendar: WorkingDays) -> NoticePeriod:
    last = last_day(starts_on, days=days, kind=kind, calendar=calendar)
    return NoticePeriod(starts_on, last.day, days, kind, last.provisional)


def is_running(notice: NoticePeriod, *, today: date) -> bool:
    """While the end is provisional, a later day may turn out to be a notice day too: nobody is turned away."""
    return notice.starts_on <= today and (notice.provisional or today <= notice.ends_on)


def days_left(notice: NoticePeriod, *, today: date) -> int:
    """Calendar days until the end as known now, today included."""
    return max(0, (notice.ends_on - today).days + 1)


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


def require_decider(person: str, *, run_by: str, ruled_by: str | None) -> None:
    """Who made the list does not decide it: who ran the assessment, or who ruled on the objection behind it."""
    if person == run_by:
        raise MakerCannotCheck("运行评估的人不能审定", "Who ran the assessment cannot decide it")
    if person == ruled_by:
        raise MakerCannotCheck(
            "处理异议的人不能审定由此产生的名单",
            "Who ruled on the objection cannot decide the list that came of it",
        )


def require_not_before(decided_on: date, earliest: date) -> None:
    """`earliest`: the cut-off of the figures, or the ruling that the list came of."""
    if decided_on < earliest:
        raise DecisionPrecedesItsRelease(
            f"决定日期{decided_on}早于名单所依据的数据截止日或处理意见({earliest})",
            f"The decision of {decided_on} is older than the figures or the ruling of {earliest} behind the list",
        )


def state_after_decision(*, had_notice: bool, repeat_notice: bool) -> State:
    return State.UNDER_NOTICE if had_notice and not repeat_notice else State.DECIDED


def require_open_for_objections(state: State, notice: NoticePeriod | None, *, today: date) -> None:
    require_state(state, State.UNDER_NOTICE, State.PROPOSED, State.DECIDED)
    if notice is not None and is_running(notice, today=today):
        return
    zh, en = ("尚未公示", "no notice was opened")
    if notice is not None:
        zh, en = f"公示期为{notice.text[0]}", f"the notice runs {notice.text[1]}"
    raise ObjectionOutsideNoticePeriod(
        f"异议须在公示期内提出({zh})", f"Objections are filed within the notice days: {en}"
    )


def require_finalisable(
    state: State, notice: NoticePeriod | None, *, open_objections: Sequence[int], today: date
) -> NoticePeriod:
    """The notice that was kept, if the assessment may become final. What is signed is never provisional."""
    require_state(state, State.UNDER_NOTICE)
    if notice is None or today <= notice.ends_on:
        end = None if notice is None else notice.ends_on
        raise NoticeIsNotOver(f"公示期到{end}为止,尚未结束", f"The public notice runs until {end}")
    if notice.provisional:
        raise NoticeEndIsProvisional(
            f"公示期{notice.days}个工作日,暂计至{notice.ends_on};其间的放假安排尚未录入,须先更新节假日历",
            f"The notice of {notice.days} working days ends on {notice.ends_on} provisionally: the holiday calendar "
            "does not know the arrangement of all its days yet and must be updated first",
        )
    if open_objections:
        numbers = ", ".join(str(number) for number in open_objections)
        raise ObjectionsAreOpen(f"异议 {numbers} 号尚未处理", f"Objections {numbers} have no ruling yet")
    return notice
