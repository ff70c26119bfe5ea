"""A keyed command is told by its bytes as sent, and gets back the bytes that were kept, in all three services.
Keys are of a person, division, unit and set of roles: nobody else's answer is ever shown.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from shared.web.idempotency import holder_of
from shared.web.principals import Role
from tests.integration.test_hostile_input import COMMANDS
from tests.support.fingerprint import fingerprint
from tests.support.funding import BelowFunding
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
from tests.support.services import RunningService, until_not_busy

KEYED = {"Idempotency-Key": "test-0001", "Content-Type": "application/json"}


@pytest.fixture(params=list(COMMANDS))
def service(request: pytest.FixtureRequest) -> RunningService:
    found: RunningService = request.getfixturevalue(request.param)
    return found


@pytest.fixture(autouse=True)
def project_in_the_register(below_funding: BelowFunding) -> None:
    below_funding.register(COMMANDS["funding"][2])


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


#: The same person as the issuer names them elsewhere, and for whom a service account comes.
OTHERS: dict[str, tuple[Callable[[Person], Person], dict[str, str]]] = {
    "another division": (lambda person: replace(person, division="430000"), {}),
    "another unit": (lambda person: replace(person, unit="另一单位"), {}),
    "no unit": (lambda person: replace(person, unit=""), {}),
    "another department": (lambda person: replace(person, department="另一部门"), {}),
    "a role more": (lambda person: replace(person, roles=(*person.roles, Role.EXPERT)), {}),
    "for another person": (
        lambda person: replace(person, roles=(*person.roles, Role.SERVICE)),
        {"On-Behalf-Of": "somebody-else"},
    ),
    "a name with the person in it": (
        lambda person: replace(person, subject=f"{person.subject} for somebody-else"),
        {},
    ),
    "another person": (lambda person: replace(person, subject="another-person"), {}),
}


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("same_bytes", [True, False], ids=["same bytes", "other bytes"])
async def test_somebody_elses_kept_answer_is_never_shown(
    service: RunningService, who: str, *, same_bytes: bool
) -> None:
    person, path, content = await command_of(service)
    change, headers = OTHERS[who]
    async with service.as_(person) as client:
        ok(await client.post(path, content=content, headers=KEYED))
    await _mark_kept(service, "theirs")
    async with service.as_(change(person)) as client:
        sent = content if same_bytes else content + b" "
        answer = await client.post(path, content=sent, headers=KEYED | headers)
        assert "theirs" not in answer.text
        assert "idempotency-key-reused" not in answer.text
        if answer.is_success:  # their own answer is kept beside the other one
            assert await _post(client, path, sent, headers) == answer.content
    async with service.as_(person) as client:
        assert await _post(client, path, content) == b'{"marked": "theirs"}'


async def test_two_persons_for_whom_one_service_comes_have_a_key_each(scoring: RunningService) -> None:
    person, path, content = await command_of(scoring)
    service = replace(person, roles=(*person.roles, Role.SERVICE))
    async with scoring.as_(service) as client:
        ok(await client.post(path, content=content, headers={**KEYED, "On-Behalf-Of": "li"}))
        await _mark_kept(scoring, "of li")
        assert await _post(client, path, content, {"On-Behalf-Of": "li"}) == b'{"marked": "of li"}'
        for headers in ({"On-Behalf-Of": "wang"}, {}):
            assert b"of li" not in await _post(client, path, content, headers)


@pytest.mark.parametrize("spelling", ["{} ", "\u3000{}", "{}\u200b"])
async def test_a_unit_spelled_with_a_blank_more_gets_its_own_answer_again(
    service: RunningService, spelling: str
) -> None:
    person, path, content = await command_of(service)
    async with service.as_(person) as client:
        first = await _post(client, path, content)
        before = await fingerprint(service)
    async with service.as_(replace(person, unit=spelling.format(person.unit))) as client:
        assert await _post(client, path, content) == first
    assert await fingerprint(service) == before


async def test_of_equal_commands_at_once_one_is_done_and_the_others_get_its_answer(
    service: RunningService,
) -> None:
    person, path, content = await command_of(service)
    async with service.as_(person) as client:

        async def send() -> httpx.Response:
            return await client.post(path, content=content, headers=KEYED)

        answers = await asyncio.gather(*(until_not_busy(send) for _ in range(6)))
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert answers[0].is_success
    async with service.database.transaction() as session:
        kept = (await session.execute(sa.text("SELECT holder, actor FROM idempotency_record"))).all()
    assert [tuple(row) for row in kept] == [(holder_of(person.principal), person.subject)]


async def test_a_key_that_somebody_else_is_using_right_now_is_not_waited_for(service: RunningService) -> None:
    person, path, content = await command_of(service)
    other = holder_of(replace(person, division="430000").principal)
    async with service.database.transaction() as session:
        await session.execute(
            sa.text(
                "INSERT INTO idempotency_record (holder, key, actor, request_hash, recorded_at) "
                "VALUES (:other, 'test-0001', 'somebody', 'x', now())"
            ),
            {"other": other},
        )
        async with service.as_(person) as client:
            answer = await asyncio.wait_for(client.post(path, content=content, headers=KEYED), timeout=60)
        ok(answer)


async def _mark_kept(service: RunningService, text: str) -> None:
    async with service.database.transaction() as session:
        kept = json.dumps({"marked": text})
        await session.execute(sa.text("UPDATE idempotency_record SET answer = :kept"), {"kept": kept})


async def _post(
    client: httpx.AsyncClient, path: str, content: bytes, headers: dict[str, str] | None = None
) -> bytes:
    return (await client.post(path, content=content, headers=KEYED | (headers or {}))).content
