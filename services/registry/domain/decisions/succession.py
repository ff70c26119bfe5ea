"""Mergers and splits: a designation goes on in other clusters, and what was before is kept under its code."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from services.registry.domain.decisions.decision import Entry, Reason, Rename, Succession
from services.registry.domain.decisions.standings import Standing, level_of
from services.registry.domain.programme.designation_rules import DesignationRules
from shared.contracts.designation_set import DesignationStatus
from shared.errors import Item
from shared.text.hygiene import key

#: What a successor gets of several: the best that one of them has.
_BEST_FIRST: tuple[DesignationStatus, ...] = ("designated", "rectification", "cultivated")


def succession_reasons(
    successions: Sequence[Succession],
    standings: Mapping[str, Standing],
    *,
    known: Collection[str],
    decided: Collection[str],
) -> list[Item]:
    """``known``: registered clusters; ``decided``: those that the same decision gives something else."""
    items, seen = [], set[str]()
    for index, succession in enumerate(successions):
        at = f"successions[{index}]"
        named = {*succession.ending, *succession.into}
        items += [
            Item(at, "registered", f"{code} 未登记", f"no cluster {code}")
            for code in sorted(named - set(known))
        ]
        items += [
            Item(at, "once", f"{code} 在本次决定中另有处理", f"{code} is decided on otherwise, too")
            for code in sorted(named & ({*decided} | seen))
        ]
        for code in sorted(named & set(known)):
            status = standings[code].status
            if code in succession.ending and status not in _BEST_FIRST:
                zh, en = f"{code} 没有可以承接的认定", f"{code} has no designation to go on"
                items.append(Item(at, "nothing-to-succeed", zh, en))
            if code not in succession.ending and status in (*_BEST_FIRST, "succeeded"):
                zh, en = f"{code} 已有认定或已并入其他集群", f"{code} has a designation itself, or has ended"
                items.append(Item(at, "successor-not-free", zh, en))
        if set(succession.ending) == set(succession.into):
            items.append(Item(at, "something-changes", "没有集群发生变化", "nothing changes"))
        seen |= named
    return items


def of_successions(
    successions: Sequence[Succession], standings: Mapping[str, Standing], rules: DesignationRules
) -> list[Entry]:
    """What ends is succeeded; what follows has the best status of what it follows, and the highest level of these. One
    that goes on in rectification has no longer than any of them had.
    """
    return [entry for succession in successions for entry in _of_succession(succession, standings, rules)]


def _of_succession(
    succession: Succession, standings: Mapping[str, Standing], rules: DesignationRules
) -> list[Entry]:
    had = {standings[code].status for code in succession.ending}
    best = next(status for status in _BEST_FIRST if status in had)
    level = rules.highest(
        level_of(standings[code], rules) for code in succession.ending if standings[code].status == best
    )
    days = [standings[code].due_on for code in succession.ending if standings[code].status == "rectification"]
    due_on = min(filter(None, days), default=None) if best == "rectification" else None
    ends = [code for code in succession.ending if code not in succession.into]
    into, ending = "、".join(succession.into), "、".join(succession.ending)
    ended = Reason("succeeded", f"由 {into} 承接", f"Goes on in {', '.join(succession.into)}")
    follows = Reason("succeeds", f"承接 {ending}", f"Follows {', '.join(succession.ending)}")
    return [
        *(
            _entry(standings[code], "succeeded", level_of(standings[code], rules), ended, succession.ground)
            for code in ends
        ),
        *(
            replace(_entry(standings[code], best, level, follows, succession.ground), due_on=due_on)
            for code in succession.into
        ),
    ]


def _entry(standing: Standing, status: DesignationStatus, level: str, reason: Reason, ground: str) -> Entry:
    return Entry(
        cluster_code=standing.cluster_code,
        basis="succession",
        release_sha256=None,
        before=standing.status,
        by_rule=status,
        status=status,
        level=level,
        reasons=(reason,),
        ground=ground,
    )


def rename_reasons(
    renames: Sequence[Rename], names: Mapping[str, str], taken: Mapping[str, Collection[str]]
) -> list[Item]:
    """``names``: of the registered clusters; ``taken``: by cluster, the names of the county's other clusters."""
    items = []
    for index, rename in enumerate(renames):
        at, code = f"renames[{index}]", rename.cluster_code
        if code not in names:
            items.append(Item(f"{at}.cluster", "registered", "集群未登记", "no such cluster"))
        elif rename.name == names[code]:
            items.append(Item(f"{at}.name", "something-changes", "与现名相同", "it has this name already"))
        elif key(rename.name) in {key(name) for name in taken[code]}:
            items.append(Item(f"{at}.name", "unique", "本县已有同名集群", "the county has one of this name"))
    if len({rename.cluster_code for rename in renames}) < len(renames):
        items.append(Item("renames", "unique", "同一集群改名两次", "a cluster is renamed twice"))
    return items
