"""Notices of working days over HTTP: across holidays, into a year that is not known, and as it becomes known."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OKPKey
from pydantic import ValidationError

from services.scoring.settings import ScoringSettings
from shared.contracts.release import Release
from shared.web.service_main import EXAMPLE_SETTINGS
from tests.support.people import NOBODY, PROVINCE_OFFICER, Issuer
from tests.support.registry_story import ok, refused
from tests.support.scoring import FILING, SOMEBODY, ScoringStory, Shelf, running_scoring, snapshot_of
from tests.unit.scoring.documents import full, small

VALUES = {"u1": {"a": "9", "b": "9", "c": "1"}, "u2": {"a": "8", "b": "8", "c": "2"}}
FIVE_WORKING_DAYS = {"label": "illustrative", "basis": "公示5个工作日", "days": 5, "day_kind": "working"}
MAY_2190 = """
schema: county-clusters/holidays/1
arrangements:
  - year: 2190
    document: 国办发明电〔2189〕1号(示例)
    holidays:
      - {from: "2190-01-01", to: "2190-01-03"}
      - {from: "2190-05-01", to: "2190-05-05"}
      - {from: "2190-10-01", to: "2190-10-07"}
    working_days: ["2190-05-08"]
"""

Told = Callable[[str], AbstractAsyncContextManager[ScoringStory]]


@pytest.fixture
def told(scoring_url: str, issuer: Issuer, release_key: OKPKey, tmp_path: Path, shelf: Shelf) -> Told:
    """Another process of the same service, on the same database, that was told of a holiday arrangement."""

    @asynccontextmanager
    async def run(arrangements: str) -> AsyncIterator[ScoringStory]:
        file = tmp_path / "holidays.yaml"
        file.write_text(arrangements, "utf-8")
        async with running_scoring(
            tmp_path, issuer, scoring_url, release_key, shelf.transport, holidays_file=file
        ) as running:
            yield ScoringStory(running)

    return run


async def under_notice(story: ScoringStory, shelf: Shelf, day: str) -> dict[str, Any]:
    await story.publish(small(notice=FIVE_WORKING_DAYS))
    assessment = ok(await story.run(shelf.put(snapshot_of(VALUES))))
    await story.on(day)
    ok(await story.decide(assessment, decided_on=day))
    return ok(await story.post(PROVINCE_OFFICER, f"/assessments/{assessment['id']}/public-notice"))


async def shown(story: ScoringStory, assessment: dict[str, Any]) -> tuple[str, bool]:
    """The end of the notice, the same for the officer and for the public."""
    own = ok(await story.get(PROVINCE_OFFICER, f"/assessments/{assessment['id']}"))["notice"]
    public = ok(await story.get(NOBODY, f"/assessments/{assessment['id']}/public-notice"))
    keys = ("starts_on", "ends_on", "days", "day_kind", "provisional")
    assert {key: own[key] for key in keys} == {key: public[key] for key in keys}
    return own["ends_on"], own["provisional"]


async def finalised(story: ScoringStory, assessment: dict[str, Any]) -> Any:
    return await story.post(PROVINCE_OFFICER, f"/assessments/{assessment['id']}/finalisation")


async def signed_notice(story: ScoringStory, final: dict[str, Any]) -> dict[str, Any]:
    document = (await story.release(final["final_sha256"]))["document"]
    assert Release.of(document).sha256 == final["final_sha256"]
    notice: dict[str, Any] = document["notice"]
    return notice


@pytest.mark.parametrize(
    ("first", "holiday", "last", "after"),
    [
        (
            "2024-09-27",
            "2024-10-03",
            "2024-10-09",
            "2024-10-10",
        ),  # National Day; Sunday 29 September is worked
        (
            "2025-01-24",
            "2025-01-29",
            "2025-02-06",
            "2025-02-07",
        ),  # Spring Festival; Sunday 26 January is worked
    ],
)
async def test_a_notice_of_five_working_days_runs_across_the_holidays(
    story: ScoringStory, shelf: Shelf, first: str, holiday: str, last: str, after: str
) -> None:
    assessment = await under_notice(story, shelf, first)
    assert await shown(story, assessment) == (last, False)
    for day in (holiday, last):  # a day off lies within the notice, too
        await story.on(day)
        refused(await finalised(story, assessment), 409, "notice-is-not-over")
    number = ok(await story.post(SOMEBODY, f"/assessments/{assessment['id']}/objections", FILING))["number"]
    await story.on(after)
    path = f"/assessments/{assessment['id']}/objections"
    refused(await story.post(SOMEBODY, path, FILING), 409, "objection-outside-notice-period")
    ok(
        await story.post(
            PROVINCE_OFFICER, f"{path}/{number}/ruling", {"ruling": "rejected", "reason": "属实"}
        )
    )
    final = ok(await finalised(story, assessment))
    assert await signed_notice(story, final) == {
        "starts_on": first,
        "ends_on": last,
        "days": 5,
        "day_kind": "working",
    }


async def test_into_a_year_that_is_not_known_the_end_is_provisional_until_the_arrangement_is_there(
    story: ScoringStory, shelf: Shelf, told: Told
) -> None:
    assessment = await under_notice(story, shelf, "2190-04-28")  # a Wednesday
    assert await shown(story, assessment) == ("2190-05-04", True)
    await story.on("2190-05-06")
    refused(await finalised(story, assessment), 409, "notice-end-is-provisional")
    number = ok(await story.post(SOMEBODY, f"/assessments/{assessment['id']}/objections", FILING))["number"]
    async with told(MAY_2190) as informed:
        assert await shown(informed, assessment) == ("2190-05-07", False)
        notice = ok(await informed.get(PROVINCE_OFFICER, f"/assessments/{assessment['id']}"))["notice"]
        assert notice["announced_ends_on"] == "2190-05-04"
        refused(await finalised(informed, assessment), 409, "notice-is-not-over")
        await informed.on("2190-05-08")
        path = f"/assessments/{assessment['id']}/objections/{number}/ruling"
        ok(await informed.post(PROVINCE_OFFICER, path, {"ruling": "rejected", "reason": "属实"}))
        final = ok(await finalised(informed, assessment))
        assert (await signed_notice(informed, final))["ends_on"] == "2190-05-07"
    # The release holds its dates by value: who never knew the arrangement shows them all the same.
    assert await shown(story, assessment) == ("2190-05-07", False)


@pytest.mark.parametrize(
    ("changed", "ends_on"),
    [
        ('holidays: [{from: "2024-10-08", to: "2024-10-08"}], working_days: []', "2024-10-10"),
        ('holidays: [], working_days: ["2024-10-05", "2024-10-06"]', "2024-10-09"),
    ],
)
async def test_a_changed_arrangement_makes_an_open_notice_longer_but_never_shorter_than_announced(
    story: ScoringStory, shelf: Shelf, told: Told, changed: str, ends_on: str
) -> None:
    assessment = await under_notice(story, shelf, "2024-09-27")
    header = "schema: county-clusters/holidays/1\narrangements:\n"
    async with told(f"{header}  - {{year: 2024, document: 示例, {changed}}}\n") as informed:
        assert await shown(informed, assessment) == (ends_on, False)
        await informed.on(ends_on)
        refused(await finalised(informed, assessment), 409, "notice-is-not-over")


async def test_a_scheme_that_counts_in_anything_else_is_refused(story: ScoringStory) -> None:
    for scheme in (small(), full()):
        document = scheme | {"notice": FIVE_WORKING_DAYS | {"day_kind": "business"}}
        answer = await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": document})
        refused(answer, 422, "scheme-invalid")
        (item,) = [item for item in answer.json()["errors"] if "notice" in item["field"]]
        assert item["rule"] == "choice-expected"
        assert "calendar, working" in str(item)


def test_a_bad_file_of_arrangements_is_a_bad_setting(tmp_path: Path) -> None:
    file = tmp_path / "holidays.yaml"
    file.write_text(MAY_2190.replace("2190-05-08", "2190-05-07"), "utf-8")
    more = {"signing_key_file": "k", "registry_url": "http://r", "registry_token_file": "t"}
    with pytest.raises(ValidationError, match=r"holidays.yaml:10 .*a working day anyway"):
        ScoringSettings.model_validate({**EXAMPLE_SETTINGS, **more, "holidays_file": file})
