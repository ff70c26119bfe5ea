"""What stands against a designation decision: every reason at once."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.registry.domain.decisions.decision import NEXT, Decision, Entry, NationalTitle, Reason, State
from services.registry.domain.decisions.places import Held
from services.registry.domain.decisions.proposing import due_day
from services.registry.domain.decisions.standings import Standing, back_on, level_of, may_rise_on
from services.registry.domain.programme.designation_rules import Bound, DesignationRules
from shared.contracts.designation_set import DesignationStatus
from shared.contracts.release import Release
from shared.errors import Item, Kind, MakerCannotCheck, Refusal
from shared.web.principals import Principal, person_of


class DecisionNotPossible(Refusal):
    """What is proposed breaks a rule of the programme or of the order of statuses; each item names a cluster."""

    code = "designation-not-possible"


class NothingToOpen(Refusal):
    kind = Kind.CONFLICT
    code = "nothing-to-open"


class DecisionStillOpen(Refusal):
    """One decision of a programme at a time: the next is proposed on what the one before has made."""

    kind = Kind.CONFLICT
    code = "designation-decision-open"


class DecisionNotInState(Refusal):
    kind = Kind.CONFLICT
    code = "designation-decision-not-in-state"


class ReleasesDoNotFit(Refusal):
    """Several releases of one decision are of one year and of different kinds."""

    code = "releases-do-not-fit"


class RequestMissing(Refusal):
    code = "request-document-number-missing"


@dataclass(frozen=True, slots=True)
class Change:
    """Where the proposer departs from what the rules give, and on what ground. ``level``: where it is another than that
    which the rules give or the cluster holds."""

    cluster_code: str
    status: DesignationStatus
    ground: str
    level: str | None = None


def check_releases_fit(releases: Sequence[Release]) -> None:
    """One year, each kind once."""
    years, kinds = {entry.assessment_year for entry in releases}, [entry.kind for entry in releases]
    if len(years) > 1:
        raise ReleasesDoNotFit(
            "同一次认定的评估结果应属于同一年度", "The releases of one decision are of one year"
        )
    if len(kinds) != len(set(kinds)):
        raise ReleasesDoNotFit(
            "同一次认定中同类评估结果只能有一份", "A decision takes one release of each kind"
        )


def basis_reasons(
    releases: Sequence[Release], standings: Mapping[str, Standing], rules: DesignationRules
) -> list[Item]:
    """Applicants may rise, those who are assessed hold a designation, and each is in one of the releases.

    A holder rises by a decision without an assessment: there it could pass over that it has no return.
    """
    items, seen = [], set[str]()
    assessed = any(release.kind == "assessment" for release in releases)
    fitting = {
        "application": ("designate", "cultivate", "refuse"),
        "assessment": ("keep", "rectify", "remove"),
    }
    for release in releases:
        for unit in release.units:
            holds = standings[unit.unit].holds
            if unit.unit in seen:
                items.append(_item(unit.unit, "once", "在两份评估结果中", "is in both releases"))
            elif (
                release.kind == "application" and rules.next_decided(standings[unit.unit].held_level) is None
            ):
                items.append(_item(unit.unit, "holds-already", "已获认定", "holds a designation already"))
            elif holds and release.kind == "application" and assessed:
                items.append(
                    _item(unit.unit, "rises-apart", "升级须另作决定", "rises by a decision of its own")
                )
            elif not holds and release.kind == "assessment":
                items.append(_item(unit.unit, "holds-no-designation", "未获认定", "holds no designation"))
            elif unit.outcomes.proposed_status not in fitting[release.kind]:
                proposed = unit.outcomes.proposed_status
                items.append(
                    _item(unit.unit, "skips-a-step", f"不能直接 {proposed}", f"cannot get {proposed} here")
                )
            seen.add(unit.unit)
    return items


def changed(
    entries: Sequence[Entry],
    changes: Sequence[Change],
    standings: Mapping[str, Standing],
    rules: DesignationRules,
    day: date,
) -> tuple[list[Entry], list[Item]]:
    """The entries with the proposer's changes, and what stands against these."""
    known = {entry.cluster_code: entry for entry in entries}
    items: list[Item] = []
    for change in changes:
        code, entry = change.cluster_code, known.get(change.cluster_code)
        if entry is None:
            items.append(_item(code, "not-in-decision", "不在本次名单中", "is not in this decision"))
        elif change.status not in NEXT[entry.before] or change.status == "succeeded":
            before = entry.before or "—"
            zh, en = f"不能由 {before} 变为 {change.status}", f"cannot go from {before} to {change.status}"
            items.append(_item(code, "skips-a-step", zh, en))
        elif _waits(change, standings[code], rules, day):
            items.append(_item(code, "re-entry-wait", "剔除后等待期未满", "still waits after its removal"))
        elif (against := _level_reason(change, standings[code], rules, day)) is not None:
            items.append(against)
        else:
            known[code] = replace(
                entry,
                status=change.status,
                level=_level(change, entry, standings[code], rules),
                ground=change.ground,
                reminded=False,
                due_on=due_day(change.status, rules, day),
                reasons=(*entry.reasons, Reason("by-decision", change.ground, change.ground)),
            )
    return list(known.values()), items


def _waits(change: Change, standing: Standing, rules: DesignationRules, day: date) -> bool:
    until = back_on(standing, rules)
    return change.status in ("designated", "cultivated") and until is not None and day < until


def _level(change: Change, entry: Entry, standing: Standing, rules: DesignationRules) -> str:
    """As it is asked for; else that which a designation by the rules has, or the cluster's own."""
    if change.level is not None:
        return change.level
    return entry.level if change.status == entry.status else level_of(standing, rules)


def _level_reason(change: Change, standing: Standing, rules: DesignationRules, day: date) -> Item | None:
    """No ground gives a level that a decision does not give, skips one, or gives the next one too soon."""
    code, wanted = change.cluster_code, change.level
    if wanted is None:
        return None
    decided = [level.code for level in rules.ladder if level.given_by == "decision"]
    if wanted not in decided:
        return _item(
            code, "level", f"不能认定为 {wanted} 级别", f"cannot get the level {wanted} by a decision"
        )
    above = rules.next_decided(standing.held_level)
    highest = standing.held_level if above is None else above.code
    if rules.rank(wanted) > rules.rank(highest):
        name = rules.level(wanted)
        return _item(code, "skips-a-level", f"不能越级升为{name.zh}", f"skips a level before {name.en}")
    until = None if above is None or wanted != above.code else may_rise_on(standing, above)
    if until is not None and day < until:
        return _item(code, "level-too-soon", f"{until} 起方可升级", f"may rise from {until} on")
    return None


def cap_reasons(
    entries: Collection[Entry], standings: Mapping[str, Standing], rules: DesignationRules
) -> list[Item]:
    """Beyond places and caps only on a ground: that of a cluster which holds a designation against the rules.

    What was decided before the system is a fact, and needs none.
    """
    held, before = Held(entries, standings, rules), Held((), standings, rules)
    return [
        item
        for bound in rules.bounds()
        for item in _beyond(bound, entries, standings, held=held, before=before)
    ]


def _beyond(
    bound: Bound,
    entries: Collection[Entry],
    standings: Mapping[str, Standing],
    *,
    held: Held,
    before: Held,
) -> list[Item]:
    counties, cap, places = held.counties(bound), bound.county_cap, bound.places
    holding = [entry for entry in entries if held.rank(entry.cluster_code) >= bound.rank]
    new = [
        entry
        for entry in holding
        if before.rank(entry.cluster_code) < bound.rank and entry.basis != "earlier"
    ]
    added = Counter(_county(entry, standings) for entry in new)
    grounded = {_county(entry, standings) for entry in holding if entry.ground is not None}
    zh, en = ("", "") if bound.level is None else (bound.level.zh, f" of the level {bound.level.en}")
    items = [
        Item(
            f"counties.{county}",
            "county-cap",
            f"{county} 将有{zh} {counties[county]} 个,每县不超过 {cap.number} 个",
            f"{county} would have {counties[county]}{en}; at most {cap.number} a county",
        )
        for county in sorted(added.keys() - grounded)
        if cap is not None and counties[county] > cap.number
    ]
    if places is not None and added and not grounded and counties.total() > places.limit:
        total, limit = counties.total(), places.limit
        items.append(
            Item(
                "entries",
                "places",
                f"{zh}将达 {total} 个,不超过 {limit} 个",
                f"would make {total}{en}; at most {limit}",
            )
        )
    return items


def _county(entry: Entry, standings: Mapping[str, Standing]) -> str:
    return standings[entry.cluster_code].county_code


def order_reasons(entries: Sequence[Entry], standings: Mapping[str, Standing], day: date) -> list[Item]:
    """Nothing is decided for a day before what was decided already."""
    return [
        _item(
            entry.cluster_code,
            "in-order",
            f"{last} 已有认定决定,本次不能早于该日",
            f"it was decided on as of {last}; this cannot hold from an earlier day",
        )
        for entry in entries
        if (last := standings[entry.cluster_code].decided_on) is not None and day < last
    ]


def title_reasons(
    titles: Sequence[NationalTitle],
    *,
    known: Collection[str],
    had: Collection[tuple[str, str]],
    held: Held,
    rules: DesignationRules,
    day: date,
) -> list[Item]:
    """A title of a registered cluster, that it does not have yet, not before it was given; of a level that titles give,
    for which the cluster holds what is needed."""
    items = []
    by_title = {level.code: level for level in rules.ladder if level.given_by == "title"}
    for index, title in enumerate(titles):
        at = f"titles[{index}]"
        if title.cluster_code not in known:
            items.append(Item(f"{at}.cluster", "registered", "集群未登记", "no such cluster"))
        if (title.cluster_code, title.title) in had:
            items.append(Item(f"{at}.title", "unique", "该称号已登记", "it has this title already"))
        level = by_title.get(title.level)
        if level is None:
            zh, en = f"本计划没有以称号取得的级别 {title.level}", f"no title gives a level {title.level} here"
            items.append(Item(f"{at}.level", "level", zh, en))
        elif level.needs is not None and held.rank(title.cluster_code) < rules.rank(level.needs.level):
            needed = rules.level(level.needs.level)
            zh, en = f"须先获{needed.zh}认定", f"takes the level {needed.en} first"
            items.append(Item(f"{at}.level", "skips-a-level", zh, en))
        if title.awarded_on > day:
            items.append(Item(f"{at}.awarded_on", "not-after", f"晚于 {day}", f"is after {day}"))
    pairs = [(title.cluster_code, title.title) for title in titles]
    if len(pairs) != len(set(pairs)):
        items.append(Item("titles", "unique", "同一称号重复", "a title is given twice"))
    return items


def check_open(decision: Decision) -> None:
    """Refuses a decision that is approved, rejected or withdrawn already."""
    if decision.state is not State.PROPOSED:
        state = decision.state.value
        raise DecisionNotInState(f"该认定决定处于 {state}", f"The decision is {state}")


def check_decider(decision: Decision, decider: Principal) -> None:
    """Who proposed a decision does not decide it."""
    if any(person_of(step.subject) == decider.person for step in decision.steps):
        raise MakerCannotCheck("提出认定名单的人不能审定", "Who proposed the decision cannot approve it")


def check_request(rules: DesignationRules, request_document_number: str | None) -> None:
    """A higher authority's approval replies to a request, whose number is kept with it."""
    if rules.approval is not None and rules.approval.by == "higher_authority" and not request_document_number:
        raise RequestMissing(
            "本计划由上级批复,请填写请示文号",
            "A higher authority approves here: give the number of the request",
            items=[Item("request_document_number", "required", "请填写", "is required")],
        )


def not_possible(items: Sequence[Item]) -> DecisionNotPossible:
    return DecisionNotPossible(
        f"认定名单有 {len(items)} 处不符合规则,未作任何变动",
        f"{len(items)} thing(s) stand against this decision; nothing was changed",
        items=items,
    )


def _item(cluster: str, rule: str, zh: str, en: str) -> Item:
    return Item(field=f"clusters.{cluster}", rule=rule, zh=f"{cluster} {zh}", en=f"{cluster} {en}")
