"""Scheme versions over HTTP: strict, published by somebody else than their author, immutable from then on."""

import pytest
import sqlalchemy as sa
import yaml
from sqlalchemy.exc import DBAPIError

from tests.support.people import AUDITOR, PROVINCE_DECIDER, PROVINCE_OFFICER, county_preparer
from tests.support.registry_story import ok, refused
from tests.support.scoring import ScoringStory
from tests.unit.scoring.documents import full, programme_document, small

PATH = "/scheme-versions/small/1"
COUNTY = county_preparer("420984")


async def test_a_wrong_scheme_is_refused_with_every_problem_at_once(story: ScoringStory) -> None:
    document = small(colour="red", rank_on="mood")
    document["tree"]["children"][0]["children"][0]["weight"] = "0.2999"
    document["grades"]["bands"][1]["maximum"] = "61"
    problem = refused(
        await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": document}), 422, "scheme-invalid"
    )
    found = {(item["rule"], item["field"]) for item in problem["errors"]}
    assert found >= {
        ("unknown-key", "scheme"),
        ("choice-expected", "rank_on"),
        ("weights-sum", "tree.children[0].children"),
        ("band-overlap", "grades.bands"),
    }
    assert all(item["message"] and item["message_en"] for item in problem["errors"])
    assert ok(await story.get(PROVINCE_OFFICER, "/scheme-versions"))["items"] == []


async def test_the_programmes_scheme_is_accepted_and_read_back_as_it_was_posted(story: ScoringStory) -> None:
    document = programme_document("scheme.yaml")
    published = await story.publish(document)
    assert published["published_on"] == "2024-08-20"
    shown = ok(await story.get(COUNTY, f"/scheme-versions/{document['id']}/{document['version']}"))
    assert shown["document"] == document
    assert shown["sha256"] == published["sha256"]


async def test_no_scheme_is_published_before_its_document(story: ScoringStory) -> None:
    document = small(document={"number": "鄂发改县域〔2024〕146号", "published_on": "2024-08-21"})
    document["effective"] = {"from": "2024-08-21"}
    ok(await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": document}))
    problem = refused(await story.post(PROVINCE_DECIDER, f"{PATH}/publication"), 409, "document-not-public")
    assert "鄂发改县域〔2024〕146号 公布于 2024-08-21" in problem["errors"][0]["message"]
    assert ok(await story.get(AUDITOR, PATH))["state"] == "draft"
    await story.on("2024-08-21")
    assert ok(await story.post(PROVINCE_DECIDER, f"{PATH}/publication"))["state"] == "published"


@pytest.mark.strangers
async def test_a_draft_is_seen_by_the_lead_department_and_auditors_only(story: ScoringStory) -> None:
    ok(await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": small()}))
    refused(await story.get(COUNTY, PATH), 404, "not-found")
    assert ok(await story.get(COUNTY, "/scheme-versions"))["items"] == []
    assert ok(await story.get(AUDITOR, PATH))["state"] == "draft"
    assert len(ok(await story.get(AUDITOR, "/scheme-versions"))["items"]) == 1


@pytest.mark.strangers
async def test_a_version_exists_once_and_goes_one_way(story: ScoringStory) -> None:
    await story.publish(small())
    again = await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": small()})
    assert ok(again)["state"] == "published"  # the same content again is no change
    other = small() | {"title": {"zh": "另一个", "en": "another"}}
    another = await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": other})
    refused(another, 409, "scheme-version-already-exists")
    refused(await story.post(PROVINCE_DECIDER, f"{PATH}/publication"), 409, "scheme-version-not-in-state")
    assert ok(await story.post(PROVINCE_DECIDER, f"{PATH}/retirement"))["state"] == "retired"
    refused(await story.post(PROVINCE_DECIDER, f"{PATH}/retirement"), 409, "scheme-version-not-in-state")
    refused(await story.post(PROVINCE_DECIDER, "/scheme-versions/none/1/publication"), 404, "not-found")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scheme_version SET document = 'x'",
        "UPDATE scheme_version SET sha256 = 'x'",
        "UPDATE scheme_version SET state = 'draft'",
        "DELETE FROM scheme_version",
        "TRUNCATE scheme_version CASCADE",
    ],
)
async def test_the_database_itself_refuses_to_change_a_published_scheme(
    story: ScoringStory, statement: str
) -> None:
    await story.publish(small())
    with pytest.raises(DBAPIError, match=r"immutable|append-only"):
        async with story.scoring.database.transaction() as session:
            await session.execute(sa.text(statement))


async def test_scheme_versions_come_in_pages(story: ScoringStory) -> None:
    for version in ("1", "2", "3"):
        await story.publish(small(version=version))
    first = ok(await story.get(COUNTY, "/scheme-versions", limit=2))
    rest = ok(await story.get(COUNTY, "/scheme-versions", limit=2, cursor=first["next"]))
    assert [row["version"] for row in first["items"] + rest["items"]] == ["1", "2", "3"]
    assert rest["next"] is None
    refused(await story.get(COUNTY, "/scheme-versions", cursor="WzFd"), 422, "cursor-invalid")


async def test_a_scheme_whose_worked_example_fails_is_not_published(story: ScoringStory) -> None:
    example = {"name": "case", "values": {"a": "10", "b": "10", "c": "10"}, "score": "12.00"}
    document = small() | {"examples": [example]}
    ok(await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": document}))
    path = "/scheme-versions/small/1/publication"
    answer = await story.post(PROVINCE_DECIDER, path, {})
    assert answer.status_code == 409, answer.text
    assert "expected 12" in answer.text
    assert ok(await story.get(PROVINCE_OFFICER, "/scheme-versions/small/1"))["state"] == "draft"


async def test_a_scheme_sent_as_text_is_answered_with_line_and_clause(story: ScoringStory) -> None:
    document = small()
    document["adjustments"][1]["points"] = "1/2"
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    line = next(i for i, content in enumerate(text.splitlines(), 1) if "1/2" in content)
    refusal = refused(
        await story.post(PROVINCE_OFFICER, "/scheme-versions", {"text": text}), 422, "scheme-invalid"
    )
    (item,) = [item for item in refusal["errors"] if item["rule"] == "decimal-string-expected"]
    assert (item["row"], item["field"]) == (line, "adjustments[1].points")
    assert "(clause: 三(五))" in item["message_en"]
    assert "(条款:三(五))" in item["message"]
    as_document = refused(
        await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": document}), 422, "scheme-invalid"
    )
    (again,) = [item for item in as_document["errors"] if item["rule"] == "decimal-string-expected"]
    assert again == item | {"row": None}


@pytest.mark.parametrize("text", ["{", "a: 1\na: 2\n", "[" * 500, "just words", "a: &x 1\nb: *x\n"])
async def test_a_text_that_is_no_scheme_is_refused(story: ScoringStory, text: str) -> None:
    answer = await story.post(PROVINCE_OFFICER, "/scheme-versions", {"text": text})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]


async def test_a_scheme_is_sent_as_document_or_as_text_not_both(story: ScoringStory) -> None:
    text = yaml.safe_dump(small(), allow_unicode=True)
    both = {"document": small(), "text": text}
    refused(await story.post(PROVINCE_OFFICER, "/scheme-versions", both), 422, "invalid-request")
    refused(await story.post(PROVINCE_OFFICER, "/scheme-versions", {}), 422, "invalid-request")
    sent = ok(await story.post(PROVINCE_OFFICER, "/scheme-versions", {"text": text}))
    assert ok(await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": small()})) == sent


async def test_a_scheme_whose_parameters_are_not_frozen_is_not_published(story: ScoringStory) -> None:
    unfrozen = full()
    del unfrozen["cohort"]
    ok(await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": unfrozen}))
    problem = refused(
        await story.post(PROVINCE_DECIDER, "/scheme-versions/full/1/publication"), 409, "scheme-not-frozen"
    )
    paths = {item["field"] for item in problem["errors"]}
    assert paths == {
        *(f"tree.{leaf}.impute" for leaf in "abcr"),
        "tree.b.outliers",
        "tree.b.normalise",
        "tree.c.normalise",
        "tree.h.weights",
        "tree.h.normalise",
    }
    assert (await story.publish(full(version="2")))["state"] == "published"
