"""What the programme's rules make of releases: memory, places, caps, who is silent, who comes back."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.registry.domain.decisions.checks import (
    Change,
    basis_reasons,
    cap_reasons,
    changed,
    order_reasons,
)
from services.registry.domain.decisions.decision import Entry
from services.registry.domain.decisions.proposing import propose
from services.registry.domain.decisions.standings import PastEntry, Standing, standings_of
from services.registry.domain.programme.designation_rules import DesignationRules
from shared.contracts.release import Release
from tests.support.release import final_release

DAY = date(2025, 9, 14)
RULES = DesignationRules.model_validate(
    {
        "places": {"number": 3, "tolerance": 0, "label": "illustrative"},
        "county_cap": {"number": 2, "label": "illustrative"},
        "rectification": {"days": 180, "keep_from": "47", "label": "illustrative"},
        "silent_holders": {"steps": ["remind", "rectify", "remove"], "label": "illustrative"},
        "cultivation": {"times": 2, "label": "illustrative"},
        "re_entry": {"wait_days": 730, "label": "illustrative"},
    }
)
NO_RULES = DesignationRules()


def release(kind: str, *units: tuple[str, str] | tuple[str, str, str]) -> Release:
    """Units with what is proposed for each, and its score; the first one has the first rank."""
    found = final_release(*((unit[0], unit[1]) for unit in units), kind=kind)
    scores = {unit[0]: unit[2] for unit in units if len(unit) == 3}
    told = [entry.model_copy(update={"score": scores.get(entry.unit, "80")}) for entry in found.units]
    return found.model_copy(update={"units": tuple(sorted(told, key=lambda entry: entry.unit))})


def standings(*clusters: str, **known: Standing) -> dict[str, Standing]:
    found = {code: Standing(code, code[:6]) for code in clusters}
    return found | {standing.cluster_code: standing for standing in known.values()}


def holder(code: str, **more: Any) -> Standing:
    since = date(2024, 9, 14)
    told = {"status": "designated", "level": "provincial", "decided_on": since}
    return Standing(code, code[:6], **{**told, **more})


def outcome(entries: list[Entry]) -> dict[str, tuple[str, str]]:
    """The status of each, with the rule that decided it last."""
    return {entry.cluster_code: (entry.status, entry.reasons[-1].rule) for entry in entries}


def test_places_go_to_the_best_scores_and_the_next_ones_are_cultivated() -> None:
    applicants = release(
        "application",
        ("420001-01", "designate", "70"),
        ("420002-01", "designate", "90"),
        ("420003-01", "designate", "80"),
        ("420004-01", "cultivate", "50"),
        ("420005-01", "refuse", "30"),
    )
    before = standings(*(unit.unit for unit in applicants.units)) | {"420009-01": holder("420009-01")}
    found = propose([applicants], before, RULES, silent=[], day=DAY)
    assert outcome(found) == {
        "420001-01": ("cultivated", "no-place-left"),
        "420002-01": ("designated", "release-designate"),
        "420003-01": ("designated", "release-designate"),
        "420004-01": ("cultivated", "release-cultivate"),
        "420005-01": ("refused", "release-refuse"),
    }


def test_applicants_and_holders_come_together_and_places_that_holders_leave_are_taken() -> None:
    holders = release(
        "assessment", ("420001-01", "keep"), ("420002-01", "remove", "10"), ("420003-01", "keep")
    )
    applicants = release("application", ("420004-01", "designate", "60"), ("420005-01", "designate", "61"))
    before = standings("420004-01", "420005-01") | {unit.unit: holder(unit.unit) for unit in holders.units}
    found = propose([applicants, holders], before, RULES, silent=[], day=DAY)
    assert [entry.cluster_code for entry in found] == sorted(before)
    assert outcome(found) == {
        "420001-01": ("designated", "release-keep"),
        "420002-01": ("removed", "release-remove"),
        "420003-01": ("designated", "release-keep"),
        "420004-01": ("cultivated", "no-place-left"),
        "420005-01": ("designated", "release-designate"),
    }


def test_a_county_has_two_at_most() -> None:
    applicants = release(
        "application",
        ("420001-01", "designate", "60"),
        ("420001-02", "designate", "70"),
        ("420001-03", "designate", "80"),
    )
    found = propose([applicants], standings(*(u.unit for u in applicants.units)), RULES, silent=[], day=DAY)
    assert outcome(found)["420001-01"] == ("cultivated", "county-cap")
    found = propose(
        [applicants], standings(*(u.unit for u in applicants.units)), NO_RULES, silent=[], day=DAY
    )
    assert {entry.status for entry in found} == {"designated"}


@pytest.mark.parametrize(
    ("before", "proposed", "score", "expected"),
    [
        ("designated", "rectify", "40", ("rectification", "release-rectify")),
        ("designated", "rectify", "46.99", ("rectification", "release-rectify")),
        ("designated", "rectify", "47", ("designated", "near-the-line")),
        ("rectification", "rectify", "49", ("removed", "failed-in-rectification")),
        ("rectification", "keep", "60", ("designated", "release-keep")),
        ("rectification", "remove", "10", ("removed", "release-remove")),
    ],
)
def test_a_holder_that_fails_rectifies_and_one_that_fails_again_is_removed(
    before: str, proposed: str, score: str, expected: tuple[str, str]
) -> None:
    holders = release("assessment", ("420001-01", proposed, score))
    known = {"420001-01": holder("420001-01", status=before)}
    [found] = propose([holders], known, RULES, silent=[], day=DAY)
    assert (found.status, found.reasons[-1].rule) == expected
    assert found.due_on == (DAY + timedelta(days=180) if expected[0] == "rectification" else None)


@pytest.mark.parametrize(
    ("before", "times", "expected"),
    [
        ("designated", 0, ("designated", "no-accepted-return", True)),
        ("designated", 1, ("rectification", "no-accepted-return", False)),
        ("rectification", 2, ("removed", "no-accepted-return", False)),
        ("designated", 7, ("removed", "no-accepted-return", False)),
        ("rectification", 0, ("removed", "failed-in-rectification", False)),
    ],
)
def test_a_holder_without_a_return_is_on_the_list(
    before: str, times: int, expected: tuple[str, str, bool]
) -> None:
    known = {"420001-01": holder("420001-01", status=before, silent_times=times)}
    [found] = propose([], known, RULES, silent=["420001-01"], day=DAY)
    assert (found.status, found.reasons[-1].rule, found.reminded) == expected
    assert found.basis == "silent"


def test_a_silent_holder_is_reminded_where_the_programme_has_no_rule() -> None:
    [found] = propose([], {"420001-01": holder("420001-01")}, NO_RULES, silent=["420001-01"], day=DAY)
    assert (found.status, found.reminded) == ("designated", True)


@pytest.mark.parametrize(("days", "status"), [(729, "refused"), (730, "designated")])
def test_a_removed_cluster_waits_also_where_it_was_refused_since(days: int, status: str) -> None:
    removed_on = DAY - timedelta(days=days)
    back = release("application", ("420001-01", "designate"))
    for now in ("removed", "refused"):
        known = {"420001-01": Standing("420001-01", "420001", now, removed_on=removed_on)}
        [found] = propose([back], known, RULES, silent=[], day=DAY)
        assert found.status == status
        assert (found.reasons[-1].rule == "re-entry-wait") == (status == "refused")


@pytest.mark.parametrize(
    ("times", "proposed", "status"),
    [
        (1, "cultivate", "cultivated"),
        (2, "cultivate", "dropped"),
        (2, "designate", "designated"),
        (1, "refuse", "dropped"),
    ],
)
def test_a_cultivated_cluster_is_designated_or_dropped_in_the_end(
    times: int, proposed: str, status: str
) -> None:
    known = {"420001-01": Standing("420001-01", "420001", "cultivated", cultivated_times=times)}
    [found] = propose([release("application", ("420001-01", proposed))], known, RULES, silent=[], day=DAY)
    assert found.status == status


@pytest.mark.parametrize(
    ("kind", "before", "status"),
    [
        ("application", None, "refused"),
        ("application", "cultivated", "dropped"),
        ("assessment", "designated", "removed"),
    ],
)
def test_who_is_taken_off_after_an_objection_gets_or_keeps_nothing(
    kind: str, before: Any, status: str
) -> None:
    found = release(kind, ("420001-01", "designate" if kind == "application" else "keep"))
    objected = found.units[0].model_copy(update={"removed": "异议成立"})
    found = found.model_copy(update={"units": (objected,)})
    known = {"420001-01": Standing("420001-01", "420001", before)}
    [entry] = propose([found], known, RULES, silent=[], day=DAY)
    assert outcome([entry]) == {"420001-01": (status, "removed-after-notice")}


def test_who_stands_in_the_wrong_list_is_named() -> None:
    applicants = release("application", ("420001-01", "designate"), ("420002-01", "keep"))
    holders = release("assessment", ("420001-01", "keep"), ("420003-01", "keep"))
    known = standings("420002-01", "420003-01") | {"420001-01": holder("420001-01")}
    assert [(item.field, item.rule) for item in basis_reasons([applicants, holders], known, RULES)] == [
        ("clusters.420001-01", "holds-already"),
        ("clusters.420002-01", "skips-a-step"),
        ("clusters.420001-01", "once"),
        ("clusters.420003-01", "holds-no-designation"),
    ]


def test_a_change_needs_a_step_that_exists_and_keeps_its_ground() -> None:
    holders = release("assessment", ("420001-01", "rectify", "30"), ("420002-01", "keep"))
    known = {code: holder(code) for code in ("420001-01", "420002-01")}
    entries = propose([holders], known, RULES, silent=[], day=DAY)
    changes = [
        Change("420001-01", "removed", "骗取资金"),
        Change("420002-01", "cultivated", "不再达标"),
        Change("420003-01", "removed", "另案"),
    ]
    now, items = changed(entries, changes, known, RULES, DAY)
    assert [(item.field, item.rule) for item in items] == [
        ("clusters.420002-01", "skips-a-step"),
        ("clusters.420003-01", "not-in-decision"),
    ]
    [first, _] = now
    assert (first.by_rule, first.status, first.ground, first.due_on) == (
        "rectification",
        "removed",
        "骗取资金",
        None,
    )


def test_no_ground_ends_the_wait_of_a_removed_cluster() -> None:
    back = release("application", ("420001-01", "designate"))
    known = {"420001-01": Standing("420001-01", "420001", "removed", removed_on=DAY)}
    entries = propose([back], known, RULES, silent=[], day=DAY)
    _, items = changed(entries, [Change("420001-01", "designated", "特事特办")], known, RULES, DAY)
    assert [item.rule for item in items] == ["re-entry-wait"]


def test_more_than_places_and_caps_takes_a_ground() -> None:
    def entry(code: str, ground: str | None) -> Entry:
        return Entry(
            code, "application", "sha256:1", None, "cultivated", "designated", "provincial", (), ground=ground
        )

    known = standings("420001-01", "420001-02", "420001-03", "420002-01")
    crowded = [entry(f"420001-0{n}", None) for n in (1, 2, 3)] + [entry("420002-01", None)]
    assert [item.rule for item in cap_reasons(crowded, known, RULES)] == ["county-cap", "places"]
    assert cap_reasons([*crowded[:2], entry("420001-03", "理由"), crowded[3]], known, RULES) == []
    assert cap_reasons(crowded, known, NO_RULES) == []
    before_the_system = [replace(entry, basis="earlier") for entry in crowded]
    assert cap_reasons(before_the_system, known, RULES) == []


def test_nothing_is_decided_for_a_day_before_the_last_decision() -> None:
    known = {"420001-01": holder("420001-01", decided_on=DAY)}
    entries = propose([release("assessment", ("420001-01", "keep"))], known, RULES, silent=[], day=DAY)
    assert order_reasons(entries, known, DAY) == []
    early = order_reasons(entries, known, DAY - timedelta(days=1))
    assert [item.rule for item in early] == ["in-order"]


def test_a_standing_remembers_what_was_decided() -> None:
    def past(day: str, status: Any, basis: Any = "application") -> PastEntry:
        return PastEntry("420001-01", basis, status, "provincial", None, date.fromisoformat(day))

    def after(*entries: PastEntry) -> Standing:
        return standings_of(entries, {"420001-01": "420001"})["420001-01"]

    assert after() == Standing("420001-01", "420001")
    years = [past("2021-09-01", "cultivated"), past("2022-09-01", "cultivated")]
    assert after(*years).cultivated_times == 2
    years += [past("2023-09-01", "designated"), past("2024-09-01", "designated", "silent")]
    now = after(*years)
    assert (now.decided_on, now.silent_times, now.cultivated_times) == (date(2024, 9, 1), 1, 0)
    years += [past("2025-09-01", "removed", "assessment"), past("2026-09-01", "refused")]
    now = after(*years)
    assert (now.status, now.removed_on, now.silent_times) == ("refused", date(2025, 9, 1), 0)
