"""A keyed command is told by its bytes as sent, and gets back the bytes that were kept, in all three services."""

import json
from typing import Any

import pytest
import sqlalchemy as sa

from tests.integration.test_hostile_input import COMMANDS
from tests.support.fingerprint import fingerprint
from tests.support.people import Person, county_preparer
from tests.support.registry_story import (
    ROUND,
    ZENGDU,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    refused,
)
from tests.support.services import RunningService

KEYED = {"Idempotency-Key": "test-0001", "Content-Type": "application/json"}


@pytest.fixture(params=list(COMMANDS))
def service(request: pytest.FixtureRequest) -> RunningService:
    found: RunningService = request.getfixturevalue(request.param)
    return found


async def command_of(service: RunningService) -> tuple[Person, str, bytes]:
    """A command that the service does, and what it needs."""
    if service.name == "registry":
        await load_programme(service)
    person, path, body, _ = COMMANDS[service.name]
    return person, path, json.dumps(body).encode()


async def test_a_repetition_gets_the_same_status_and_bytes_and_changes_nothing(
    service: RunningService,
) -> None:
    person, path, content = await command_of(service)
    async with service.as_(person) as client:
        first = await client.post(path, content=content, headers=KEYED)
        ok(first)
        before = await fingerprint(service)
        again = await client.post(path, content=content, headers=KEYED)
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["content-type"] == first.headers["content-type"]
    assert await fingerprint(service) == before


async def test_the_kept_answer_is_not_read_again(service: RunningService) -> None:
    """An answer of an older version lacks fields that are there today."""
    person, path, content = await command_of(service)
    kept = '{"of_an_older_version": 1.50}'
    async with service.as_(person) as client:
        status = (await client.post(path, content=content, headers=KEYED)).status_code
        async with service.database.transaction() as session:
            await session.execute(sa.text("UPDATE idempotency_record SET answer = :kept"), {"kept": kept})
        again = await client.post(path, content=content, headers=KEYED)
    assert (again.status_code, again.text) == (status, kept)


@pytest.mark.parametrize("change", ["blank", "order", "value"])
async def test_other_bytes_are_another_request(service: RunningService, change: str) -> None:
    person, path, content = await command_of(service)
    body = json.loads(content)
    other = {
        "blank": content + b" ",
        "order": json.dumps(dict(reversed(body.items()))).encode(),
        "value": content.replace(b'": "', b'": "x', 1),
    }[change]
    if other == content:  # of one field only
        other = b" " + content
    async with service.as_(person) as client:
        ok(await client.post(path, content=content, headers=KEYED))
        before = await fingerprint(service)
        refused(await client.post(path, content=other, headers=KEYED), 422, "idempotency-key-reused")
    assert await fingerprint(service) == before


async def test_the_version_of_what_was_made_is_repeated_too(registry: RunningService) -> None:
    await load_programme(registry)
    story = RegistryStory(registry)
    cluster = ok(await story.register())["code"]
    body: dict[str, Any] = {"round": ROUND, "cluster": cluster, **plausible_content()}
    answers = [
        await story.post(county_preparer(ZENGDU), "/v1/applications", body, key="prepare-0001")
        for _ in range(2)
    ]
    assert [answer.headers["etag"] for answer in answers] == ['"1"', '"1"']
    assert answers[0].content == answers[1].content
