"""What a database of the first schema holds is brought along.

Rounds that stood in programme documents become calendars: the same days, the same rounds, and hashes that hold.
Entries of the register of case notes become case notes that wait for their review.
"""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import sqlalchemy as sa

from services.registry.domain.programme.documents import Programme
from shared.data.events import event
from shared.data.migrations import upgrade
from shared.documents.canonical import document_hash
from tests.support import programme
from tests.support.people import AUDITOR, PROVINCE_OFFICER, county_preparer
from tests.support.postgres import Server
from tests.support.registry_story import ok
from tests.support.services import RunningService

CODE = "hubei-county-clusters"
SNAPSHOT = "sha256:" + "5" * 64
OF_APPLICANTS, OF_HOLDERS = "sha256:" + "a" * 64, "sha256:" + "b" * 64


def old_form(version: str, *rounds: dict[str, Any]) -> dict[str, Any]:
    """The programme's document as it was kept with its rounds."""
    document = Programme.model_validate(programme.document("programme")).model_dump(mode="json")
    for name in ("designation", "tiers", "county_lines"):
        del document[name]
    later = {"tolerance", "path", "projection", "measure"}
    document["targets"] = [
        {name: value for name, value in target.items() if name not in later} for target in document["targets"]
    ]
    tasks = [
        {name: value for name, value in rule.items() if name not in {"code", "due_on"}}
        for rule in document["responsibilities"]
    ]
    return {**document, "version": version, "responsibilities": tasks, "calendar": list(rounds)}


def old_round(code: str, year: int, **days: str) -> dict[str, Any]:
    first = programme.calendar()["rounds"][0]
    return {**first, "clause": None, "code": code, "assessment_year": year, **days}


OF_2024 = old_round("2024-application", 2024)
SECOND = old_round("2024-second", 2024, opens_on="2024-09-02", closes_on="2024-09-30", cut_off="2024-10-11")
OF_2025 = old_round("2025-return", 2025, opens_on="2025-03-01", closes_on="2025-04-30", cut_off="2025-05-31")
VERSIONS = (old_form("2024.1", OF_2024), old_form("2025.1", SECOND, OF_2025), old_form("2025.2"))


@pytest.fixture
def registry_url(server: Server) -> Iterator[str]:
    """A database of the first schema with three programme versions and a release, brought to the newest."""
    name = f"old_registry_{uuid4().hex[:8]}"
    server.create_database(name, owner="registry")
    url = server.database_url(name, role="registry")
    try:
        upgrade("services.registry", url, revision="0001")
        asyncio.run(_fill(url))
        upgrade("services.registry", url)
        yield url
    finally:
        server.drop_database(name)


async def _fill(url: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        for month, document in enumerate(VERSIONS, start=1):
            moment = datetime(2025, month, 1, tzinfo=UTC)
            await connection.execute(
                "INSERT INTO programme_version VALUES ($1, $2, '420000', $3, $4, $5)",
                CODE, document["version"], json.dumps(document), document_hash(document), moment,
            )  # fmt: skip
            for entry in document["calendar"]:
                await connection.execute(
                    "INSERT INTO filing_round VALUES ($1, $2, $3, $4)",
                    entry["code"], CODE, document["version"], entry["kind"],
                )  # fmt: skip
        await connection.execute(
            "INSERT INTO snapshot VALUES ($1, '2024-application', '', 1, 'x', now())", SNAPSHOT
        )
        await connection.execute(
            f"INSERT INTO received_release VALUES ('{OF_APPLICANTS}', $1, 's', 'k', $2, 2024, 'application', now())",
            json.dumps({"snapshot_sha256": SNAPSHOT}).encode(), CODE,
        )  # fmt: skip
        await connection.execute(
            f"INSERT INTO received_release VALUES ('{OF_HOLDERS}', '{{}}', 's', 'k', $1, 2025, 'assessment', "
            "now() + interval '1 day')",
            CODE,
        )
        for statement in (*_CASE_NOTES, *_DESIGNATIONS):
            await connection.execute(statement)
        for entry in _ENTRIES:
            await _enter(connection, *entry)
    finally:
        await connection.close()


_CASE_NOTES = (
    "INSERT INTO division (code, name, level, kind, parent_code, pinyin) VALUES "
    "('420000', '湖北省', 'province', 'province', NULL, 'x'), "
    "('421300', '随州市', 'prefecture', 'city', '420000', 'x'), "
    "('421303', '曾都区', 'county', 'district', '421300', 'x'), "
    "('429006', '天门市', 'county', 'city', '420000', 'x')",
    "INSERT INTO cluster VALUES ('421303-01', '421303', '甲', '汽车', NULL, '{}', true, NULL, 'x', "
    "'2024-06-20', now()), "
    "('429006-01', '429006', '乙', '服装', NULL, '{}', true, NULL, 'x', '2024-06-20', now())",
    "INSERT INTO register_batch VALUES ('00000000-0000-0000-0000-000000000001', 'case-notes', 'edit', 'preparer', "
    "'发改局', NULL, 3, 0, 0, NULL, '2025-05-01', now())",
)
#: By two releases of two years, the second of one cluster only.
_DESIGNATIONS = tuple(
    f"INSERT INTO designation VALUES ('{cluster}', '{release}', '{CODE}', '2024.1', '{status}', 'provincial', "
    f"'鄂发改〔{day[:4]}〕1号', '{day}', now())"
    for cluster, release, status, day in (
        (
            "421303-01",
            OF_APPLICANTS,
            "designated",
            "2024-09-14",
        ),
        (
            "429006-01",
            OF_APPLICANTS,
            "cultivated",
            "2024-09-14",
        ),
        (
            "421303-01",
            OF_HOLDERS,
            "rectification",
            "2025-09-14",
        ),
    )
)
#: Cluster, title, first day, last day: the first one was replaced by the second.
_ENTRIES = (
    ("421303-01", "链主", date(2024, 6, 1), date(2025, 1, 1)),
    ("421303-01", "链主", date(2025, 1, 1), None),
    ("421303-01", "园区", date(2025, 2, 1), None),
    ("429006-01", "电商", date(2025, 3, 1), None),
)


async def _enter(
    connection: asyncpg.Connection, cluster: str, title: str, first: date, last: date | None
) -> None:
    await connection.execute(
        "INSERT INTO register_fact (register, key, county_code, name, sort_key, initials, grams, valid_from, valid_to, "
        "source, period, definition, provenance, data, batch_id, recorded_at) VALUES ('case-notes', $1, $2, $3, 'x', "
        "'x', '{}', $4, $5, '发改局', '2025', '', 'reported', $6, '00000000-0000-0000-0000-000000000001', now())",
        f"{cluster}|{title}",
        cluster[:6],
        title,
        first,
        last,
        json.dumps({"cluster": cluster, "title": title, "summary": "做法"}),
    )


async def test_rounds_move_into_the_calendars_of_their_years(registry: RunningService) -> None:
    async with registry.as_(AUDITOR) as client:
        rounds = {entry["code"]: entry for entry in ok(await client.get("/v1/rounds"))["rounds"]}
        versions = ok(await client.get(f"/v1/calendars/{CODE}/2024/versions"))["items"]
        newest = ok(await client.get(f"/v1/calendars/{CODE}/2024"))
        of_2025 = ok(await client.get(f"/v1/calendars/{CODE}/2025"))
    for old in (OF_2024, SECOND, OF_2025):
        kept = rounds[old["code"]]
        assert {name: kept[name] for name in kept if name in old} == {
            name: value for name, value in old.items() if name in kept
        }
    assert {code: entry["version"] for code, entry in rounds.items()} == {
        "2024-application": "2024.1", "2024-second": "2025.1", "2025-return": "2025.1",
    }  # fmt: skip
    assert [(entry["version"], entry["number"]) for entry in versions] == [("2024.1", 1), ("2025.1", 2)]
    assert [entry["code"] for entry in newest["rounds"]] == ["2024-application", "2024-second"]
    assert [entry["code"] for entry in of_2025["rounds"]] == ["2025-return"]


async def test_what_was_published_is_the_same_content_again(registry: RunningService) -> None:
    """In its new form: programme without rounds, and the year's calendar."""
    document = {name: value for name, value in VERSIONS[0].items() if name != "calendar"}
    document["responsibilities"] = [
        {**rule, "code": f"task-{place:02d}"} for place, rule in enumerate(document["responsibilities"], 1)
    ]
    async with registry.as_(PROVINCE_OFFICER) as client:
        ok(await client.post("/v1/programmes", json=document))
        again = ok(await client.post("/v1/calendars", json=programme.calendar()))
    assert (again["version"], again["number"], again["programme_version"]) == ("2024.1", 1, "2024.1")


async def test_an_event_tells_the_hash_before_and_after(registry: RunningService) -> None:
    async with registry.database.transaction() as session:
        told = (
            await session.scalars(sa.select(event.c.data).where(event.c.kind == "programme.restated"))
        ).all()
        rows = await session.execute(sa.text("SELECT version, sha256 FROM programme_version"))
        kept = {row.version: row.sha256 for row in rows}
    assert {entry["version"]: entry["sha256"] for entry in told} == kept
    before = {document["version"]: document_hash(document) for document in VERSIONS}
    assert {entry["version"]: entry["sha256_before"] for entry in told} == before


async def test_published_documents_and_calendars_stay_append_only(registry: RunningService) -> None:
    async with registry.database.transaction() as session:
        for table in ("programme_version", "calendar_version", "received_release"):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"):
                async with session.begin_nested():
                    await session.execute(sa.text(f"UPDATE {table} SET sha256 = 'x'"))
        rounds = (
            await session.scalars(
                sa.text("SELECT round_code FROM received_release WHERE assessment_year = 2024")
            )
        ).all()
    assert rounds == ["2024-application"]


async def test_entries_of_the_register_wait_for_their_review(registry: RunningService) -> None:
    async with registry.as_(PROVINCE_OFFICER) as client:
        found = ok(await client.get("/v1/case-notes"))["items"]
        assert [(note["code"], note["title"], note["state"]) for note in found] == [
            ("421303-01.1", "链主", "submitted"),
            ("421303-01.2", "园区", "submitted"),
            ("429006-01.1", "电商", "submitted"),
        ]
        read = {"content_hash": found[0]["content_hash"]}
        headers = {"Idempotency-Key": "test-publication"}
        ok(await client.post("/v1/case-notes/421303-01.1/publication", json=read, headers=headers))
    async with registry.as_(county_preparer("421303")) as client:
        assert len(ok(await client.get("/v1/case-notes"))["items"]) == 2
    async with registry.as_(county_preparer("429006")) as client:
        assert len(ok(await client.get("/v1/case-notes"))["items"]) == 1
    async with registry.database.transaction() as session:
        live = "SELECT count(*) FROM register_fact WHERE register = 'case-notes' AND superseded_at IS NULL"
        assert await session.scalar(sa.text(live)) == 0


async def test_designations_become_decisions_of_their_releases(registry: RunningService) -> None:
    async with registry.as_(AUDITOR) as client:
        sets = [
            ok(await client.get(f"/v1/designation-sets/{CODE}?as_of={day}"))["designations"]
            for day in ("2024-09-13", "2024-12-31", "2025-12-31")
        ]
        decisions = ok(await client.get(f"/v1/designation-decisions?programme={CODE}"))["items"]
        first = ok(await client.get(f"/v1/designation-decisions/{decisions[0]['code']}"))
    assert [{entry["cluster"]: entry["status"] for entry in found} for found in sets] == [
        {},
        {"421303-01": "designated", "429006-01": "cultivated"},
        {"421303-01": "rectification", "429006-01": "cultivated"},
    ]
    assert {entry["level"] for found in sets for entry in found} == {"provincial"}
    assert [(entry["state"], entry["document_number"], entry["assessment_year"]) for entry in decisions] == [
        ("approved", "鄂发改〔2024〕1号", 2024),
        ("approved", "鄂发改〔2025〕1号", 2025),
    ]
    assert (first["releases"], first["counts"]) == (
        [OF_APPLICANTS],
        {"designated": 1, "cultivated": 1},
    )
