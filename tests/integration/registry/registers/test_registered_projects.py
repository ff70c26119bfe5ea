"""A project is registered once, in the registry; others read it there by its code."""

import pytest

from tests.support.people import FUNDING_SERVICE, PROVINCE_OFFICER, Person, city_reviewer, county_preparer
from tests.support.register_story import ABOUT, RegisterStory
from tests.support.registry_story import TIANMEN, RegistryStory, load_programme, ok, refused
from tests.support.services import RunningService

CODE = "2404-421303-04-01-000001"


@pytest.fixture
async def desk(registry: RunningService) -> RegisterStory:
    await load_programme(registry)
    ok(await RegistryStory(registry).register())
    return RegisterStory(registry)


async def test_who_pays_reads_the_project_as_the_register_has_it(desk: RegisterStory) -> None:
    row = {
        "project_code": CODE,
        "name": "公共检测平台",
        "unit": "曾都某公司",
        "cluster": "421303-01",
        "stage": "building",
        **ABOUT,
    }
    ok(await desk.enter("projects", {**row, "investment_wan": "12000.5"}))
    shown = ok(await desk.get(f"/v1/projects/{CODE}", by=FUNDING_SERVICE))
    assert shown == {
        "code": CODE,
        "name": "公共检测平台",
        "unit": "曾都某公司",
        "cluster": "421303-01",
        "county_code": "421303",
        "division_path": ["420000", "421300", "421303"],
        "investment_fen": 12_000_500_000,
        "stage": "building",
    }
    ok(await desk.enter("projects", {**row, "investment_wan": "0.00000049"}))  # less than half a fen
    assert ok(await desk.get(f"/v1/projects/{CODE}"))["investment_fen"] == 0
    for person in (county_preparer("421303"), city_reviewer("421300")):
        assert ok(await desk.get(f"/v1/projects/{CODE}", by=person))["code"] == CODE
    elsewhere = Person("officer-hunan", PROVINCE_OFFICER.roles, "430000", "湖南省")
    for stranger in (county_preparer(TIANMEN), elsewhere):
        refused(await desk.get(f"/v1/projects/{CODE}", by=stranger), 404, "not-found")
    refused(await desk.get("/v1/projects/2404-421303-04-01-000002"), 404, "not-found")
