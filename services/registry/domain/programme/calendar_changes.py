"""What a later version of a year's calendar may change of its rounds: nothing that takes anything away from anybody.

    round                     opens_on                closes_on              cut_off
    has not begun             any day from today on   any                    any
    is open                   stays                   may be later           may be later
    is closed, not cut off    stays                   stays                  may be later
    is cut off or frozen      stays                   stays                  stays

The order of the three days is kept, no round is taken away, and none becomes one of another kind or data year.
Rounds may be added, and on which days counties are reminded may be changed at any time.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from services.registry.domain.programme.calendars import Calendar, RoundDates
from shared.errors import Item, Kind, Refusal


class CalendarTakesAway(Refusal):
    """A later version of a calendar takes days away that counties have, or changes what is over."""

    kind = Kind.CONFLICT
    code = "calendar-takes-away"


def check_changes(new: Calendar, *, before: Calendar, frozen: Collection[str], today: date) -> None:
    """Refuses a later version with every change that it may not make. ``frozen``: rounds that have a snapshot."""
    places = {entry.code: place for place, entry in enumerate(new.rounds)}
    items: list[Item] = []
    for old in before.rounds:
        place = places.get(old.code)
        if place is None:
            zh, en = f"轮次 {old.code} 已公布,不得删除", f"the round {old.code} is published and must stay"
            items.append(Item(f"rounds.{old.code}", "round-removed", zh, en))
            continue
        change = _Change(old, new.rounds[place], place, frozen=old.code in frozen, today=today)
        items += change.faults()
    if items:
        raise CalendarTakesAway(
            f"日历的新版本有 {len(items)} 处不得作出的修改",
            f"The new version of the calendar has {len(items)} change(s) that may not be made",
            items=items,
        )


@dataclass(frozen=True, slots=True)
class _Change:
    """One round in both versions."""

    old: RoundDates
    new: RoundDates
    place: int
    frozen: bool
    today: date

    def faults(self) -> Iterator[Item]:
        old, new = self.old, self.new
        if new.kind != old.kind:
            yield self._fault("kind", "round-kind", "的类型公布后不得修改", "keeps its kind once published")
        if new.data_year != old.data_year:
            yield self._fault(
                "data_year", "round-kind", "的数据年份公布后不得修改", "keeps its data year once published"
            )
        if self.today < old.opens_on:
            yield from self._before_it_begins()
        else:
            yield from self._begun()

    def _before_it_begins(self) -> Iterator[Item]:
        if self.new.opens_on != self.old.opens_on and self.new.opens_on < self.today:
            zh = f"改自 {self.new.opens_on} 开始,早于今天 {self.today}"
            en = f"would begin on {self.new.opens_on}, before today, {self.today}"
            yield self._fault("opens_on", "opens-in-the-past", zh, en)

    def _begun(self) -> Iterator[Item]:
        old, new = self.old, self.new
        if new.opens_on != old.opens_on:
            zh = f"已于 {old.opens_on} 开始,开始日不得修改"
            en = f"began on {old.opens_on}, which stays as it is"
            yield self._fault("opens_on", "round-begun", zh, en)
        if new.closes_on != old.closes_on:
            yield from self._closing()
        if new.cut_off != old.cut_off:
            yield from self._cut_off()

    def _closing(self) -> Iterator[Item]:
        old, new = self.old, self.new
        if self.today > old.closes_on:
            zh = f"的填报已于 {old.closes_on} 截止,不得修改"
            en = f"closed on {old.closes_on}, which stays as it is"
            yield self._fault("closes_on", "filing-over", zh, en)
        elif new.closes_on < old.closes_on:
            zh = f"的填报至 {old.closes_on},进行中不得缩短至 {new.closes_on}"
            en = f"is open to {old.closes_on}; while it runs it is not shortened to {new.closes_on}"
            yield self._fault("closes_on", "round-shortened", zh, en)

    def _cut_off(self) -> Iterator[Item]:
        old, new = self.old, self.new
        if self.frozen:
            zh = f"已有快照,数据截止日 {old.cut_off} 不得修改"
            en = f"has a snapshot; its cut-off {old.cut_off} stays as it is"
            yield self._fault("cut_off", "cut-off-frozen", zh, en)
        elif self.today > old.cut_off:
            zh = f"的数据截止日 {old.cut_off} 已过,不得修改"
            en = f"was cut off on {old.cut_off}, which stays as it is"
            yield self._fault("cut_off", "cut-off-over", zh, en)
        elif new.cut_off < old.cut_off:
            zh = f"的数据截止日为 {old.cut_off},进行中不得提前至 {new.cut_off}"
            en = f"is cut off on {old.cut_off}; while it runs that is not brought forward to {new.cut_off}"
            yield self._fault("cut_off", "round-shortened", zh, en)

    def _fault(self, field: str, rule: str, zh: str, en: str) -> Item:
        return Item(
            f"rounds[{self.place}].{field}",
            rule,
            f"轮次 {self.old.code} {zh}",
            f"the round {self.old.code} {en}",
            row=self.place + 1,
        )
