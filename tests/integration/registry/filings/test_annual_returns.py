"""A holder's annual return goes the same way as an application; each is for those whom it is for."""

from typing import Any

import pytest
from joserfc.jwk import OKPKey

from tests.support import programme
from tests.support.designations import designate, signed
from tests.support.people import (
    PROVINCE_OFFICER,
    city_reviewer,
    county_preparer,
    county_signer,
    source_department,
)
from tests.support.registry_story import (
    ROUND,
    SUIZHOU,
    ZENGDU,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    refused,
    set_business_date,
)
from tests.support.release import final_release
from tests.support.services import RunningService

RETURN_ROUND = "2025-assessment"


def calendar_2025() -> dict[str, Any]:
    """A round for the holders' returns on the year 2024, under the programme as it is."""
    return {
        **programme.calendar(),
        "assessment_year": 2025,
        "version": "2025.1",
        "document_number": "鄂发改县域〔2025〕1号",
        "published_on": "2025-02-10",
        "rounds": [
            {
                "code": RETURN_ROUND,
                "kind": "assessment",
                "data_year": 2024,
                "opens_on": "2025-03-01",
                "closes_on": "2025-04-30",
                "cut_off": "2025-05-31",
                "label": "illustrative",
            }
        ],
    }


def content_of_2024() -> dict[str, Any]:
    content = plausible_content()
    for value in content["values"]:
        value["data_year"] += 1
    return content


@pytest.fixture
async def story(registry: RunningService, release_key: OKPKey) -> RegistryStory:
    """Two clusters of one county in 2025: the first was designated in 2024, the second was not."""
    await load_programme(registry)
    story = RegistryStory(registry)
    for name in ("甲集群", "乙集群"):
        ok(await story.register(name))
    release = final_release((f"{ZENGDU}-01", "designate"), (f"{ZENGDU}-02", "refuse"))
    ok(await designate(registry, signed(release, release_key)))
    await set_business_date(registry, "2025-03-10")
    async with registry.as_(PROVINCE_OFFICER) as client:
        ok(await client.post("/v1/calendars", json=calendar_2025()))
    return story


@pytest.mark.strangers
async def test_a_return_is_signed_off_recommended_confirmed_and_accepted(story: RegistryStory) -> None:
    body = {"round": RETURN_ROUND, "cluster": f"{ZENGDU}-01", **content_of_2024()}
    filed = ok(await story.post(county_preparer(ZENGDU), "/v1/annual-returns", body))
    path = f"/v1/annual-returns/{filed['code']}"
    assert {value["data_year"] for value in filed["values"]} == {2023, 2024}
    signed = {"content_hash": filed["content_hash"]}
    ok(await story.post(county_signer(ZENGDU), f"{path}/sign-off", signed))
    ok(await story.post(city_reviewer(SUIZHOU), f"{path}/recommendation", {"note": "属实"}))
    codes = {"codes": [filed["code"]]}
    for department in story.departments:
        ok(await story.post(source_department(department), "/v1/annual-returns/confirmations", codes))
    accepted = ok(await story.post(PROVINCE_OFFICER, "/v1/annual-returns/acceptances", codes))
    assert accepted["filings"][0]["state"] == "accepted"
    async with story.registry.as_(PROVINCE_OFFICER) as client:
        assert (await client.get("/v1/applications")).json()["items"] == []
        refused(await client.get(f"/v1/applications/{filed['code']}"), 404, "not-found")


async def test_who_holds_no_designation_files_no_return_and_a_holder_does_not_apply_again(
    story: RegistryStory,
) -> None:
    preparer = county_preparer(ZENGDU)
    other = {"round": RETURN_ROUND, "cluster": f"{ZENGDU}-02", **content_of_2024()}
    refused(await story.post(preparer, "/v1/annual-returns", other), 409, "cluster-holds-no-designation")
    in_application_round = {"round": ROUND, "cluster": f"{ZENGDU}-01", **plausible_content()}
    refused(
        await story.post(preparer, "/v1/annual-returns", in_application_round), 422, "round-of-other-kind"
    )
    refused(
        await story.post(preparer, "/v1/applications", {**other, "cluster": f"{ZENGDU}-01"}),
        422,
        "round-of-other-kind",
    )
