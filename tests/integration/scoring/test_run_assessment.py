"""Running an assessment: on the snapshot that was named, by a published scheme, once, whatever happens upstream."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from shared.contracts.snapshot import Snapshot
from shared.documents.canonical import sha256_of
from tests.support.people import PROVINCE_DECIDER, PROVINCE_OFFICER
from tests.support.registry_story import ok, refused
from tests.support.replay import replayed
from tests.support.scoring import ScoringStory, Shelf, snapshot_of
from tests.unit.scoring.documents import FULL_SNAPSHOT, FULL_VALUES, full, small

VALUES = {"u1": {"a": "9", "b": "9", "c": "1"}, "u2": {"a": "8", "b": "8", "c": "2"}}


async def assessments(story: ScoringStory) -> list[Any]:
    items: list[Any] = ok(await story.get(PROVINCE_OFFICER, "/assessments"))["items"]
    return items


async def test_a_repeated_command_is_answered_once_more_even_while_the_registry_is_away(
    story: ScoringStory, shelf: Shelf
) -> None:
    await story.publish(small())
    sha256 = shelf.put(snapshot_of(VALUES))
    first = ok(await story.run(sha256, key="assess-2024"))
    shelf.away = True
    assert ok(await story.run(sha256, key="assess-2024")) == first
    assert len(await assessments(story)) == 1
    other = shelf.put(snapshot_of({"u1": VALUES["u1"]}))
    refused(await story.run(other, key="assess-2024"), 422, "idempotency-key-reused")


async def test_nothing_is_kept_while_the_registry_is_away(story: ScoringStory, shelf: Shelf) -> None:
    await story.publish(small())
    sha256 = shelf.put(snapshot_of(VALUES))
    shelf.away = True
    refused(await story.run(sha256, key="assess-2024"), 503, "upstream-unavailable")
    assert await assessments(story) == []
    shelf.away = False
    ok(await story.run(sha256, key="assess-2024"))


async def test_a_snapshot_with_another_hash_is_refused(story: ScoringStory, shelf: Shelf) -> None:
    await story.publish(small())
    sha256 = shelf.put(snapshot_of(VALUES))
    shelf.snapshots[sha256] = snapshot_of({"u1": VALUES["u1"]}).canonical()
    refused(await story.run(sha256), 422, "document-invalid")
    refused(await story.run("sha256:" + "0" * 64), 422, "snapshot-not-found")
    refused(await story.run("sha256:0"), 422, "invalid-request")
    assert await assessments(story) == []


async def test_only_a_published_scheme_is_applied(story: ScoringStory, shelf: Shelf) -> None:
    sha256 = shelf.put(snapshot_of(VALUES))
    refused(await story.run(sha256), 404, "not-found")
    ok(await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": small()}))
    refused(await story.run(sha256), 409, "scheme-not-published")
    ok(await story.post(PROVINCE_DECIDER, "/scheme-versions/small/1/publication"))
    ok(await story.post(PROVINCE_DECIDER, "/scheme-versions/small/1/retirement"))
    refused(await story.run(sha256), 409, "scheme-not-published")
    assert shelf.asked == 0


@pytest.mark.parametrize(
    ("units", "changed", "rule"),
    [
        (VALUES, {"programme": "elsewhere"}, "programme-differs"),
        (VALUES, {"cut_off": "2023-12-31"}, "scheme-not-in-force"),
        ({}, {}, "no-units"),
    ],
)
async def test_a_snapshot_that_the_scheme_was_not_made_for_is_refused(
    story: ScoringStory, shelf: Shelf, units: dict[str, Any], changed: dict[str, Any], rule: str
) -> None:
    await story.publish(small())
    answer = await story.run(shelf.put(snapshot_of(units, **changed)))
    problem = refused(answer, 422, "snapshot-does-not-fit-scheme")
    assert rule in {item["rule"] for item in problem["errors"]}


async def test_an_indicator_that_the_snapshot_lacks_and_a_monstrous_number_are_named(
    story: ScoringStory, shelf: Shelf
) -> None:
    await story.publish(small())
    indicators = [{"code": code, "zh": code, "en": code, "unit": "家"} for code in "ab"]
    snapshot = snapshot_of({"u1": {"a": "1" + "0" * 30, "b": "9"}}, indicators=indicators)
    problem = refused(await story.run(shelf.put(snapshot)), 422, "snapshot-does-not-fit-scheme")
    assert [(item["rule"], item["field"]) for item in problem["errors"]] == [
        ("unknown-indicator", "indicators"),
        ("unreadable-number", "u1.a"),
    ]


async def test_equals_at_the_cut_stop_the_run_and_are_named(story: ScoringStory, shelf: Shelf) -> None:
    document = small()
    document["ties"]["chain"] = []
    document["proposed_status"]["application"][0]["places"] = 1
    await story.publish(document)
    same = {"u1": VALUES["u1"], "u2": VALUES["u1"]}
    problem = refused(await story.run(shelf.put(snapshot_of(same))), 409, "cut-undecided")
    assert "u1" in problem["errors"][0]["message"]
    assert await assessments(story) == []


async def test_missing_values_and_vetoes_show_in_the_release(story: ScoringStory, shelf: Shelf) -> None:
    await story.publish(small())
    values: dict[str, dict[str, str | None]] = {
        "u1": {"a": "9", "b": "9", "c": "1"},
        "u2": {"a": None, "b": "8", "c": "2"},
        "u3": {"a": None, "b": None, "c": None},
    }
    sha256 = shelf.put(snapshot_of(values, facts={"u1": {"accident": "true"}}))
    assessment = ok(await story.run(sha256))
    units = {
        unit["unit"]: unit
        for unit in (await story.release(assessment["current_sha256"]))["document"]["units"]
    }
    assert (units["u1"]["score"], units["u1"]["outcomes"]["eligible"]) == ("0.00", False)
    assert (units["u2"]["score"], units["u2"]["rank"]) == ("80.00", 1)
    assert (units["u3"]["score"], units["u3"]["rank"], units["u3"]["grade"]) == (None, None, None)
    explained = ok(await story.get(PROVINCE_OFFICER, f"/releases/{assessment['current_sha256']}/units/u1"))
    assert [row["node"] for row in explained["explanation"]["adjustments"]] == ["v"]


REPLAYED = {
    "fixed goalposts": (small(), snapshot_of(VALUES)),
    "every step": (full(), snapshot_of(FULL_VALUES, **FULL_SNAPSHOT)),
}


@pytest.mark.parametrize(("document", "snapshot"), REPLAYED.values(), ids=REPLAYED)
async def test_a_release_replayed_from_its_stored_inputs_has_the_same_bytes_elsewhere(
    story: ScoringStory, shelf: Shelf, tmp_path: Path, document: dict[str, Any], snapshot: Snapshot
) -> None:
    """From the database's bytes alone, in a process of its own with another number of threads."""
    await story.publish(document)
    sha256 = shelf.put(snapshot)
    assessment = ok(await story.run(sha256, scheme=document["id"]))
    async with story.scoring.database.transaction() as session:
        scheme = (await session.execute(sa.text("SELECT document FROM scheme_version"))).scalar_one()
        kept = (await session.execute(sa.text("SELECT document FROM snapshot"))).scalar_one()
        released = (await session.execute(sa.text("SELECT document FROM release"))).scalar_one()
        explained = await session.execute(sa.text("SELECT unit, explanation FROM release_unit"))
        explanations = {row.unit: row.explanation for row in explained}
    release, told = await replayed(tmp_path, scheme, kept, threads=5)
    assert release == released
    assert sha256_of(release) == assessment["current_sha256"]
    assert json.loads(told)[0] == explanations


@pytest.mark.parametrize(
    "table", ["snapshot", "release", "release_unit", "decision", "public_notice", "objection", "ruling"]
)
async def test_the_database_itself_refuses_to_change_what_was_recorded(
    story: ScoringStory, table: str
) -> None:
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with story.scoring.database.transaction() as session:
                await session.execute(sa.text(statement))


async def test_peer_groups_with_one_cohort_are_normalised_together_and_ranked_apart(
    story: ScoringStory, shelf: Shelf
) -> None:
    """a from 10 to 50 for both kinds: 50 and 25 of the farms, 100 and 0 of the works; each kind has its first."""
    leaf = {"code": "a", "weight": "1", "direction": "benefit", "normalise": {"method": "min_max", "to": 100}}
    held = {"a": {"normalise.minimum": "10", "normalise.maximum": "50"}}
    document = small() | {
        "id": "joint",
        "scale": 1,
        "data": {"unit": "unit", "groups": ["kind"]},
        "peer_group": "kind",
        "cohort": {"name": "2022", "over": "all_groups", "frozen": held},
        "tree": {"code": "total", "aggregation": "arithmetic", "children": [leaf]},
        "examples": [],
        "ties": {"exhausted": "share", "at_cut": "all"},
    }
    await story.publish(document)
    groups = {
        "u1": {"kind": "farm"},
        "u2": {"kind": "farm"},
        "u3": {"kind": "works"},
        "u4": {"kind": "works"},
    }
    values = {"u1": {"a": "30"}, "u2": {"a": "20"}, "u3": {"a": "50"}, "u4": {"a": "10"}}
    sha256 = shelf.put(snapshot_of(values, **(FULL_SNAPSHOT | {"groups": groups})))
    run = ok(await story.run(sha256, scheme="joint"))
    release = await story.release(run["current_sha256"])
    assert {row["unit"]: (float(row["score"]), row["rank"]) for row in release["document"]["units"]} == {
        "u1": (50.0, 1),
        "u2": (25.0, 2),
        "u3": (100.0, 1),
        "u4": (0.0, 2),
    }


async def test_a_cohort_beside_peer_groups_that_does_not_say_whose_it_is_is_refused(
    story: ScoringStory,
) -> None:
    document = full(cohort={"name": "x", "group": "stage", "in": ["1"]})
    answer = await story.post(PROVINCE_OFFICER, "/scheme-versions", {"document": document})
    items = refused(answer, 422, "scheme-invalid")["errors"]
    assert [(item["field"], item["rule"]) for item in items] == [("cohort.over", "over-missing")]
