"""Whatever is decided year after year: caps, places, memory, and one status of a cluster on a day."""

from datetime import date, timedelta
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from services.registry.domain.decisions.checks import (
    Change,
    basis_reasons,
    cap_reasons,
    changed,
    order_reasons,
)
from services.registry.domain.decisions.decision import NEXT, Entry
from services.registry.domain.decisions.proposing import propose
from services.registry.domain.decisions.standings import PastEntry, Standing, standings_of
from services.registry.domain.designations import HOLDING
from services.registry.domain.programme.designation_rules import DesignationRules
from shared.contracts.release import Release
from tests.support.release import final_release

#: Three counties with three clusters each.
CLUSTERS: Final = {f"42000{county}-0{n}": f"42000{county}" for county in (1, 2, 3) for n in (1, 2, 3)}
LIMIT, CAP, WAIT, CULTIVATED = 4, 2, 700, 2
OURS: Final = {"label": "illustrative"}
RULES = DesignationRules.model_validate(
    {
        "places": {"number": 3, "tolerance": 1, "label": "illustrative"},
        "county_cap": {"number": CAP, "label": "illustrative"},
        "rectification": {"days": 180, "keep_from": "47", "label": "illustrative"},
        "silent_holders": {"steps": ["remind", "rectify", "remove"], "label": "illustrative"},
        "cultivation": {"times": CULTIVATED, "label": "illustrative"},
        "re_entry": {"wait_days": WAIT, "label": "illustrative"},
    }
)

filed = st.fixed_dictionaries(
    {
        "files": st.booleans(),
        "score": st.integers(0, 100),
        "applicant": st.sampled_from(["designate", "designate", "cultivate", "refuse"]),
        "holder": st.sampled_from(["keep", "keep", "rectify", "remove"]),
    }
)
years = st.lists(
    st.tuples(
        st.integers(1, 500),  # days since the decision before
        st.fixed_dictionaries(dict.fromkeys(CLUSTERS, filed)),
        st.lists(
            st.tuples(
                st.sampled_from(sorted(CLUSTERS)),
                st.sampled_from(sorted(status for status in NEXT if status)),
            ),
            max_size=2,
        ),
    ),
    max_size=7,
)


def releases_of(figures: dict[str, dict[str, object]], standings: dict[str, Standing]) -> list[Release]:
    found = []
    for kind, holds, column in (("application", False, "applicant"), ("assessment", True, "holder")):
        units = [
            (code, str(figures[code][column]))
            for code in sorted(CLUSTERS)
            if figures[code]["files"] and standings[code].holds is holds
        ]
        release = final_release(*units, kind=kind)
        scored = tuple(
            unit.model_copy(update={"score": str(figures[unit.unit]["score"])}) for unit in release.units
        )
        found.append(release.model_copy(update={"units": scored}))
    return found


@settings(max_examples=150, deadline=None)
@given(years)
def test_any_years_keep_caps_places_and_memory(played: list[tuple[int, dict, list]]) -> None:  # type: ignore[type-arg]
    past: list[PastEntry] = []
    day = date(2024, 9, 14)
    removed: dict[str, date] = {}
    grounded = False
    for days, figures, wishes in played:
        day += timedelta(days=days)
        before = standings_of(past, CLUSTERS)
        releases = releases_of(figures, before)
        assert basis_reasons(releases, before, RULES) == []
        silent = [code for code, own in before.items() if own.holds and not figures[code]["files"]]
        entries = propose(releases, before, RULES, silent=silent, day=day)
        assert cap_reasons(entries, before, RULES) == []
        assert order_reasons(entries, before, day) == []
        changes = [Change(code, status, "理由") for code, status in wishes]
        now, items = changed(entries, changes, before, RULES, day)
        if not items and not cap_reasons(now, before, RULES):
            grounded |= any(entry.ground for entry in now)
            entries = now
        past += [
            PastEntry(entry.cluster_code, entry.basis, entry.status, entry.level, entry.due_on, day)
            for entry in entries
        ]
        check(entries, before, removed, day, grounded=grounded)
        removed |= {entry.cluster_code: day for entry in entries if entry.status == "removed"}
    one = {(entry.cluster_code, entry.effective_from) for entry in past}
    assert len(one) == len(past)


def check(
    entries: list[Entry], before: dict[str, Standing], removed: dict[str, date], day: date, *, grounded: bool
) -> None:
    """``grounded``: somebody departed from the rules on a ground, so that there may be more than places and caps."""
    listed = [entry.cluster_code for entry in entries]
    assert len(listed) == len(set(listed))
    assert {code for code, own in before.items() if own.holds} <= set(listed)  # no holder is passed over
    for entry in entries:
        assert entry.status in NEXT[entry.before]
        assert entry.reasons
        assert (entry.due_on is not None) == (entry.status == "rectification")
        if entry.status in ("designated", "cultivated") and entry.before not in HOLDING:
            assert (day - removed.get(entry.cluster_code, date.min)).days >= WAIT
        if entry.status == "cultivated" and entry.ground is None and entry.reasons[-1].rule != "county-cap":
            assert before[entry.cluster_code].cultivated_times < CULTIVATED or len(entry.reasons) > 1
        if entry.before == "rectification":
            assert entry.status in ("designated", "removed")
    if grounded:
        return
    holding = [entry.cluster_code for entry in entries if entry.status in HOLDING]
    assert len(holding) <= LIMIT
    for county in set(CLUSTERS.values()):
        assert sum(CLUSTERS[code] == county for code in holding) <= CAP


LADDER = DesignationRules.model_validate(
    {
        "levels": [
            {
                "code": "low", "zh": "低", "en": "Low", "given_by": "decision",
                "county_cap": {"number": CAP, **OURS}, **OURS,
            },
            {
                "code": "high", "zh": "高", "en": "High", "given_by": "decision",
                "needs": {"level": "low", "held_days": 200}, "places": {"number": 2, "tolerance": 0, **OURS},
                "county_cap": {"number": 1, **OURS}, **OURS,
            },
        ],
    }
)  # fmt: skip
rounds = st.lists(
    st.tuples(
        st.integers(1, 300),  # days since the decision before
        st.dictionaries(
            st.sampled_from(sorted(CLUSTERS)),
            st.tuples(
                st.sampled_from(["designate", "designate", "cultivate", "refuse"]), st.integers(0, 100)
            ),
            min_size=1,
        ),
    ),
    max_size=8,
)


@settings(max_examples=150, deadline=None)
@given(rounds)
def test_any_rounds_lead_up_one_level_at_a_time_within_each_levels_bounds(
    played: list[tuple[int, dict[str, tuple[str, int]]]],
) -> None:
    past: list[PastEntry] = []
    day = date(2024, 9, 14)
    for days, asked in played:
        day += timedelta(days=days)
        before = standings_of(past, CLUSTERS)
        applied = {code: asked[code] for code in asked if LADDER.next_decided(before[code].held_level)}
        release = final_release(*((code, wanted) for code, (wanted, _) in sorted(applied.items())))
        units = tuple(unit.model_copy(update={"score": str(applied[unit.unit][1])}) for unit in release.units)
        release = release.model_copy(update={"units": units})
        entries = propose([release], before, LADDER, silent=[], day=day)
        assert cap_reasons(entries, before, LADDER) == []
        for entry in entries:
            had = before[entry.cluster_code]
            if had.holds:  # nobody loses anything by asking
                assert entry.status == "designated"
                assert LADDER.rank(entry.level) - LADDER.rank(had.level) in (0, 1)
            elif entry.status == "designated":
                assert entry.level == "low"
            if entry.level == "high" and had.held_level == "low":
                assert had.level_since is not None
                assert (day - had.level_since).days >= 200
                assert applied[entry.cluster_code][0] == "designate"
        past += [
            PastEntry(entry.cluster_code, entry.basis, entry.status, entry.level, entry.due_on, day)
            for entry in entries
        ]
        now = [own for own in standings_of(past, CLUSTERS).values() if own.holds]
        high = [own.county_code for own in now if own.level == "high"]
        assert len(high) <= 2
        assert len(high) == len(set(high))
        for county in set(CLUSTERS.values()):
            assert sum(own.county_code == county for own in now) <= CAP
