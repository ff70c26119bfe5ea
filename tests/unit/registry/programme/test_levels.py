"""Levels of status: a ladder of decided levels, with titles of ministries above it."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.registry.domain.programme.designation_rules import DesignationRules
from services.registry.domain.programme.documents import Programme
from tests.support import programme
from tests.support.three_levels import FOLDER

LABEL = {"label": "illustrative"}


def level(code: str, given_by: str = "decision", *, needs: str | None = None, **more: Any) -> dict[str, Any]:
    needed = {} if needs is None else {"needs": {"level": needs}}
    return {"code": code, "zh": code, "en": code, "given_by": given_by, **needed, **more, **LABEL}


CITY, PROVINCE, NATION = level("a"), level("b", needs="a"), level("c", "title", needs="b")
PLACES = {"number": 3, "tolerance": 0, **LABEL}


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ([], "at least 1 item"),
        ([CITY, CITY], "codes in levels must be unique"),
        ([NATION], "the first level is given by decision"),
        ([PROVINCE], "levels.b needs the level before it, the first one none"),
        ([CITY, level("b")], "levels.b needs the level before it"),
        ([CITY, PROVINCE, level("d", needs="a")], "levels.d needs the level before it"),
        (
            [CITY, level("c", "title"), level("b", needs="c")],
            "levels.b is given by decision and stands above",
        ),
        ([CITY, NATION], "levels.c needs b, which no decision gives"),
        ([CITY, level("c", "title", places=PLACES)], "levels.c: a title has no places, cap or wait here"),
        ([{**CITY, "label": "official"}], "an official rule names its clause"),
    ],
)
def test_levels_that_are_no_ladder_are_refused(levels: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        DesignationRules.model_validate({"levels": levels})


def test_each_level_leads_to_the_next_and_a_title_stands_above() -> None:
    rules = DesignationRules.model_validate({"levels": [CITY, PROVINCE, NATION]})
    found = [rules.next_decided(held) for held in (None, "a", "b", "c")]
    assert [None if entry is None else entry.code for entry in found] == ["a", "b", None, None]
    assert rules.highest(["a", "c", "b"]) == "c"


def test_hubei_states_the_levels_of_a_programme_that_names_none() -> None:
    stated = DesignationRules.model_validate(programme.document("programme")["designation"])
    for rules in (stated, DesignationRules()):
        assert [(entry.code, entry.given_by, entry.needs) for entry in rules.ladder] == [
            ("provincial", "decision", None),
            ("national", "title", None),
        ]
    assert {entry.clause for entry in stated.ladder} == {"27号 二(一)"}


def test_a_target_names_levels_that_there_are() -> None:
    document = {**FOLDER.programme, "designation": {"levels": [CITY]}}
    with pytest.raises(
        ValidationError, match="provincial_and_above names levels that there are not: national, "
    ):
        Programme.model_validate(document)
