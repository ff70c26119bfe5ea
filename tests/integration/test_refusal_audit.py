"""Who was refused what, with the rule, is kept; what they entered is not."""

from typing import Any

from shared.data.events import seal_events
from tests.support.people import AUDITOR, NOBODY, PROVINCE_OFFICER, county_preparer
from tests.support.registry_story import RegistryStory, load_programme, ok, plausible_content, refused
from tests.support.services import RunningService


async def refusals(service: RunningService) -> list[dict[str, Any]]:
    async with service.database.transaction() as session:
        await seal_events(session)
    async with service.as_(AUDITOR) as client:
        feed = ok(await client.get("/v1/events", params={"limit": 1000}))["events"]
    return [event for event in feed if event["kind"] == "command.refused"]


async def test_a_refused_command_is_recorded_with_its_rule_and_fields(registry: RunningService) -> None:
    await load_programme(registry)
    story = RegistryStory(registry)
    content = plausible_content(park_entry_rate="150")
    filed = await story.prepare(ok(await story.register())["code"], content)
    problem = refused(await story.sign_off(filed["code"], filed["content_hash"]), 422, "filing-has-errors")
    (event,) = await refusals(registry)
    assert event["subject"] == f"/v1/applications/{filed['code']}/sign-off"
    assert (event["actor"], event["request_id"]) == ("signer-421303", problem["request_id"])
    assert (event["data"]["rule"], event["data"]["status"]) == ("filing-has-errors", 422)
    broken = {(item["field"], item["rule"]) for item in event["data"]["broken"]}
    assert ("park_entry_rate.2023", "range") in broken
    assert "150" not in str(event["data"])


async def test_a_forbidden_look_and_a_malformed_command_are_recorded(registry: RunningService) -> None:
    async with registry.as_(county_preparer("421303")) as client:
        refused(await client.get("/v1/events"), 403, "role-not-permitted")
        refused(
            await client.post(
                "/v1/clusters", json={"name": "张三 13800000000"}, headers={"Idempotency-Key": "k-000001"}
            ),
            422,
            "invalid-request",
        )
    looked, sent = await refusals(registry)
    assert (looked["data"]["method"], looked["data"]["rule"]) == ("GET", "role-not-permitted")
    assert sent["data"]["rule"] == "invalid-request"
    assert "13800000000" not in str(sent)


async def test_a_stranger_and_a_reader_fill_no_table(registry: RunningService) -> None:
    async with registry.as_(NOBODY) as client:
        del client.headers["Authorization"]
        refused(await client.post("/v1/clusters", json={}), 401, "not-authenticated")
    async with registry.as_(PROVINCE_OFFICER) as client:
        refused(await client.get("/v1/clusters/429004-99"), 404, "not-found")
    assert await refusals(registry) == []
