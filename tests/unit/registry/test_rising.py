"""How a holder rises from level to level, and what it waits for."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.registry.domain.decisions.checks import (
    Change,
    basis_reasons,
    cap_reasons,
    changed,
    title_reasons,
)
from services.registry.domain.decisions.decision import NationalTitle, Succession
from services.registry.domain.decisions.opening import EarlierDesignation, of_earlier
from services.registry.domain.decisions.places import Held
from services.registry.domain.decisions.proposing import propose
from services.registry.domain.decisions.standings import PastEntry, Standing, back_on, standings_of
from services.registry.domain.decisions.succession import of_successions
from services.registry.domain.programme.designation_rules import DesignationRules
from shared.contracts.release import Release
from tests.support.release import final_release
from tests.support.three_levels import FOLDER

#: Municipal (three a county), then after 150 days provincial (two in all, one a county), national by title.
RULES = DesignationRules.model_validate(FOLDER.programme["designation"])
DAY = date(2025, 11, 3)
A, B, C = "330681-01", "330681-02", "330784-01"


def holder(code: str, level: str = "municipal", **more: Any) -> Standing:
    since = DAY - timedelta(days=150)
    told = {"status": "designated", "level": level, "level_since": since, "decided_on": since}
    return Standing(code, code[:6], **{**told, **more})


def applying(*units: tuple[str, str]) -> Release:
    return final_release(*units)


def risen(standing: Standing, proposed: str = "designate") -> tuple[str, str, str]:
    [found] = propose(
        [applying((standing.cluster_code, proposed))],
        {standing.cluster_code: standing},
        RULES,
        silent=[],
        day=DAY,
    )
    return found.status, found.level, found.reasons[-1].rule


def test_a_mature_holder_rises_by_one_level() -> None:
    assert risen(holder(A)) == ("designated", "provincial", "promoted")


@pytest.mark.parametrize("proposed", ["cultivate", "refuse"])
def test_one_that_is_not_mature_for_it_keeps_its_level(proposed: str) -> None:
    assert risen(holder(A), proposed) == ("designated", "municipal", "keeps-level")


def test_one_that_has_its_level_for_too_short_a_time_keeps_it() -> None:
    young = holder(A, level_since=DAY - timedelta(days=149))
    assert risen(young) == ("designated", "municipal", "level-too-soon")
    entries = propose([applying((A, "designate"))], {A: young}, RULES, silent=[], day=DAY)
    _, items = changed(entries, [Change(A, "designated", "特事特办", "provincial")], {A: young}, RULES, DAY)
    assert [item.rule for item in items] == ["level-too-soon"]


def test_one_in_rectification_stays_so_with_its_due_day() -> None:
    rectifying = holder(A, status="rectification", due_on=date(2025, 12, 1))
    assert risen(rectifying) == ("rectification", "municipal", "in-rectification")
    [found] = propose([applying((A, "designate"))], {A: rectifying}, RULES, silent=[], day=DAY)
    assert found.due_on == date(2025, 12, 1)


def test_one_that_is_taken_off_after_an_objection_keeps_what_it_has() -> None:
    release = applying((A, "designate"))
    objected = release.model_copy(
        update={"units": tuple(unit.model_copy(update={"removed": "异议成立"}) for unit in release.units)}
    )
    [found] = propose([objected], {A: holder(A)}, RULES, silent=[], day=DAY)
    assert (found.status, found.level, found.reasons[-1].rule) == (
        "designated",
        "municipal",
        "removed-after-notice",
    )


def test_a_holder_of_the_highest_decided_level_does_not_apply_and_none_beside_an_assessment() -> None:
    known = {A: holder(A, "provincial"), B: holder(B), C: holder(C)}
    application = applying((A, "designate"), (B, "designate"))
    assert [item.rule for item in basis_reasons([application], known, RULES)] == ["holds-already"]
    both = [application, final_release((C, "keep"), kind="assessment")]
    assert [item.rule for item in basis_reasons(both, known, RULES)] == ["holds-already", "rises-apart"]


@pytest.mark.parametrize(
    ("held", "wanted", "rules"),
    [
        ("municipal", "provincial", []),
        ("municipal", "municipal", []),
        ("municipal", "national", ["level"]),
        ("municipal", "county", ["level"]),
        (None, "provincial", ["skips-a-level"]),
        (None, "municipal", []),
    ],
)
def test_a_change_skips_no_level(held: str | None, wanted: str, rules: list[str]) -> None:
    known = {A: Standing(A, A[:6]) if held is None else holder(A, held)}
    entries = propose([applying((A, "refuse"))], known, RULES, silent=[], day=DAY)
    [found], items = changed(entries, [Change(A, "designated", "另有依据", wanted)], known, RULES, DAY)
    assert [item.rule for item in items] == rules
    assert (found.level == wanted) == (not rules)


def test_places_of_a_level_are_of_it_and_what_is_above() -> None:
    held = {"420001-01": holder("420001-01", "provincial"), A: holder(A), B: holder(B), C: holder(C)}
    release = applying((A, "designate"), (B, "designate"), (C, "designate"))
    found = propose([release], held, RULES, silent=[], day=DAY)
    assert [(entry.level, entry.reasons[-1].rule) for entry in found] == [
        ("provincial", "promoted"),
        ("municipal", "county-cap"),
        ("municipal", "no-place-left"),
    ]
    crowded = [replace(entry, level="provincial") for entry in found]
    assert [(item.field, item.rule) for item in cap_reasons(crowded, held, RULES)] == [
        ("counties.330681", "county-cap"),
        ("entries", "places"),
    ]


def test_who_was_removed_waits_as_long_as_its_level_says() -> None:
    for level, days in (("municipal", 365), ("provincial", 1095)):
        past = [PastEntry(A, "assessment", "removed", level, None, DAY)]
        assert back_on(standings_of(past, {A: A[:6]})[A], RULES) == DAY + timedelta(days=days)


def test_a_standing_remembers_since_when_it_has_its_level() -> None:
    def past(day: str, status: Any, level: str, basis: Any = "application") -> PastEntry:
        return PastEntry(A, basis, status, level, None, date.fromisoformat(day))

    years = [
        past("2024-05-01", "designated", "municipal"),
        past("2025-05-01", "rectification", "municipal", "silent"),
    ]
    now = standings_of(years, {A: A[:6]})[A]
    assert (now.level_since, now.silent_times) == (date(2024, 5, 1), 1)
    years.append(past("2025-11-01", "designated", "provincial"))
    now = standings_of(years, {A: A[:6]})[A]
    assert (now.level, now.level_since) == ("provincial", date(2025, 11, 1))
    assert now.silent_times == 1  # an application is no return
    years += [
        past("2026-05-01", "removed", "provincial", "assessment"),
        past("2029-06-01", "designated", "municipal"),
    ]
    now = standings_of(years, {A: A[:6]})[A]
    assert (now.level_since, now.removed_from) == (date(2029, 6, 1), "provincial")


def test_a_title_takes_the_level_that_it_needs() -> None:
    def rules(level: str, standing: Standing) -> list[str]:
        title = NationalTitle(A, level, "称号", "部委", "文号", DAY)
        known = {A: standing}
        found = title_reasons([title], known=known, had=(), held=Held((), known, RULES), rules=RULES, day=DAY)
        return [item.rule for item in found]

    assert rules("national", holder(A, "provincial")) == []
    assert rules("national", holder(A)) == ["skips-a-level"]
    assert rules("national", Standing(A, A[:6])) == ["skips-a-level"]
    assert rules("provincial", holder(A, "provincial")) == ["level"]
    assert rules("world", holder(A, "provincial")) == ["level"]


def test_what_follows_others_has_the_highest_level_of_those_with_the_best_status() -> None:
    known = {
        A: holder(A),
        B: holder(B, "provincial", status="rectification"),
        C: holder(C),
    }
    [ended, follows] = of_successions([Succession((A, B), (B,), "合并")], known, RULES)
    assert (ended.cluster_code, ended.status, ended.level) == (A, "succeeded", "municipal")
    assert (follows.status, follows.level) == ("designated", "municipal")
    known[B] = holder(B, "provincial")
    assert of_successions([Succession((A, B), (B,), "合并")], known, RULES)[1].level == "provincial"


def test_what_was_decided_before_the_system_has_a_level_of_the_programme() -> None:
    def earlier(code: str, level: str | None) -> EarlierDesignation:
        return EarlierDesignation(code, "designated", level, date(2023, 1, 1), "文号")

    nothing = {code: Standing(code, code[:6]) for code in (A, B, C)}
    entries, items = of_earlier([earlier(A, None), earlier(B, "provincial")], nothing, RULES, day=DAY)
    assert ([entry.level for entry in entries], items) == (["municipal", "provincial"], [])
    _, items = of_earlier([earlier(A, "national"), earlier(C, "x")], nothing, RULES, day=DAY)
    assert [(item.field, item.rule) for item in items] == [
        (f"clusters.{A}", "level"),
        (f"clusters.{C}", "level"),
    ]
