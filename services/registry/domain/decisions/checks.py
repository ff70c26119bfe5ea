"""What stands against a designation decision: every reason at once."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.registry.domain.decisions.decision import NEXT, Decision, Entry, NationalTitle, Reason, State
from services.registry.domain.decisions.proposing import Standing, back_on, due_day, holding_counties
from services.registry.domain.designations import HOLDING
from services.registry.domain.programme.designation_rules import DesignationRules
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
    """Where the proposer departs from what the rules give, and on what ground."""

    cluster_code: str
    status: DesignationStatus
    ground: str


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


def basis_reasons(releases: Sequence[Release], standings: Mapping[str, Standing]) -> list[Item]:
    """Applicants hold nothing, those who are assessed as holders do, and each is in one of the releases."""
    items, seen = [], set[str]()
    fitting = {
        "application": ("designate", "cultivate", "refuse"),
        "assessment": ("keep", "rectify", "remove"),
    }
    for release in releases:
        for unit in release.units:
            holds = standings[unit.unit].holds
            if unit.unit in seen:
                items.append(_item(unit.unit, "once", "在两份评估结果中", "is in both releases"))
            elif holds and release.kind == "application":
                items.append(_item(unit.unit, "holds-already", "已获认定", "holds a designation already"))
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
        else:
            known[code] = replace(
                entry,
                status=change.status,
                ground=change.ground,
                reminded=False,
                due_on=due_day(change.status, rules, day),
                reasons=(*entry.reasons, Reason("by-decision", change.ground, change.ground)),
            )
    return list(known.values()), items


def _waits(change: Change, standing: Standing, rules: DesignationRules, day: date) -> bool:
    until = back_on(standing, rules)
    return change.status in ("designated", "cultivated") and until is not None and day < until


def cap_reasons(
    entries: Collection[Entry], standings: Mapping[str, Standing], rules: DesignationRules
) -> list[Item]:
    """Beyond places and caps only on a ground: that of a cluster which holds a designation against the rules.

    What was decided before the system is a fact, and needs none.
    """
    counties, cap, places = holding_counties(entries, standings), rules.county_cap, rules.places
    holding = [entry for entry in entries if entry.status in HOLDING]
    new = [entry for entry in holding if entry.before not in HOLDING and entry.basis != "earlier"]
    added = Counter(_county(entry, standings) for entry in new)
    grounded = {_county(entry, standings) for entry in holding if entry.ground is not None}
    items = [
        Item(
            f"counties.{county}",
            "county-cap",
            f"{county} 将有 {counties[county]} 个,每县不超过 {cap.number} 个",
            f"{county} would have {counties[county]}; at most {cap.number} a county",
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
                f"将达 {total} 个,不超过 {limit} 个",
                f"would make {total}; at most {limit}",
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
    titles: Sequence[NationalTitle], *, known: Collection[str], held: Collection[tuple[str, str]], day: date
) -> list[Item]:
    """A title of a registered cluster, that it does not have yet, not before it was given."""
    items = []
    for index, title in enumerate(titles):
        at = f"titles[{index}]"
        if title.cluster_code not in known:
            items.append(Item(f"{at}.cluster", "registered", "集群未登记", "no such cluster"))
        if (title.cluster_code, title.title) in held:
            items.append(Item(f"{at}.title", "unique", "该称号已登记", "it has this title already"))
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
