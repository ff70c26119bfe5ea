"""Mergers, splits and renames: what is refused, and what follows has the best status of what it follows."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.registry.domain.decisions.decision import Rename, Succession
from services.registry.domain.decisions.standings import Standing
from services.registry.domain.decisions.succession import of_successions, rename_reasons, succession_reasons
from services.registry.domain.programme.designation_rules import DesignationRules

RULES = DesignationRules()
A, B, C, D = "420001-01", "420001-02", "420002-01", "420002-02"


def standings(**statuses: Any) -> dict[str, Standing]:
    """Of A, B, C and D; nothing was decided on who is not named."""
    codes = {"a": A, "b": B, "c": C, "d": D}
    return {code: Standing(code, code[:6], statuses.get(short)) for short, code in codes.items()}


def succession(ending: tuple[str, ...], into: tuple[str, ...]) -> Succession:
    return Succession(ending, into, "合并建设")


@pytest.mark.parametrize(
    ("had", "status"),
    [
        ({"a": "rectification", "b": "designated"}, "designated"),
        ({"a": "rectification", "b": "cultivated"}, "rectification"),
        ({"a": "cultivated", "b": "cultivated"}, "cultivated"),
    ],
)
def test_a_merger_keeps_the_best_status(had: dict[str, str], status: str) -> None:
    known = standings(**had)
    found = of_successions([succession((A, B), (A,))], known, RULES)
    assert {entry.cluster_code: entry.status for entry in found} == {A: status, B: "succeeded"}
    found = of_successions([succession((A, B), (C,))], known, RULES)
    assert {entry.cluster_code: entry.status for entry in found} == {
        A: "succeeded",
        B: "succeeded",
        C: status,
    }
    assert {entry.ground for entry in found} == {"合并建设"}


def test_a_merger_in_rectification_has_no_longer_than_any_of_its_parts() -> None:
    known = {
        code: replace(standing, due_on=date(2026, 3, day))
        for (code, standing), day in zip(
            standings(a="rectification", b="rectification", c=None).items(), (13, 9, 1, 1), strict=True
        )
    }
    found = {e.cluster_code: e.due_on for e in of_successions([succession((A, B), (C,))], known, RULES)}
    assert found == {A: None, B: None, C: date(2026, 3, 9)}
    known[A] = replace(known[A], status="designated")
    found = {e.cluster_code: e.due_on for e in of_successions([succession((A, B), (C,))], known, RULES)}
    assert found[C] is None


def test_a_split_designates_what_follows() -> None:
    found = of_successions([succession((A,), (A, B))], standings(a="designated"), RULES)
    assert {entry.cluster_code: entry.status for entry in found} == {A: "designated", B: "designated"}


@pytest.mark.parametrize(
    ("asked", "rules"),
    [
        (succession((A,), (B,)), []),
        (succession((A,), ("420009-01",)), ["registered"]),
        (succession((C,), (B,)), ["nothing-to-succeed"]),
        (succession((A,), (D,)), ["successor-not-free"]),
        (succession((A,), (A,)), ["something-changes"]),
        (succession((A,), (A, B)), []),
    ],
)
def test_what_cannot_be_succeeded_is_named(asked: Succession, rules: list[str]) -> None:
    known = standings(a="designated", c="refused", d="designated")
    found = succession_reasons([asked], known, known=known.keys(), decided=[])
    assert [item.rule for item in found] == rules


def test_nobody_is_in_two_places_of_a_decision() -> None:
    known = standings(a="designated", c="designated")
    twice = [succession((A,), (B,)), succession((C,), (B,))]
    assert [item.rule for item in succession_reasons(twice, known, known=known.keys(), decided=[])] == [
        "once"
    ]
    found = succession_reasons(twice[:1], known, known=known.keys(), decided=[A])
    assert [item.rule for item in found] == ["once"]


def test_a_name_changes_and_is_the_only_one_of_its_county() -> None:
    names = {A: "香菇产业集群", B: "汽车产业集群"}
    taken = {A: ["汽车产业集群"], B: ["香菇产业集群"]}

    def rules(*renames: tuple[str, str]) -> list[tuple[str, str]]:
        asked = [Rename(code, name) for code, name in renames]
        return [(item.field, item.rule) for item in rename_reasons(asked, names, taken)]

    assert rules((A, "食用菌产业集群")) == []
    assert rules((A, "香菇产业集群"), (B, "香菇产业集群 "), (C, "x")) == [
        ("renames[0].name", "something-changes"),
        ("renames[1].name", "unique"),
        ("renames[2].cluster", "registered"),
    ]
    assert rules((A, "甲"), (A, "乙")) == [("renames", "unique")]
