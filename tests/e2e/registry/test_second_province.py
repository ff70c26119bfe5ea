"""Two provinces in one installation: Hubei, and one whose clusters rise through three levels in two rounds a year."""

from typing import Any

from joserfc.jwk import OKPKey

from shared.contracts.designation_set import DesignationSet
from tests.support.designations import PROGRAMME as HUBEI
from tests.support.designations import designate, signed
from tests.support.people import NOBODY, PROVINCE_OFFICER, Person, county_preparer
from tests.support.registry_story import ZENGDU, RegistryStory, load_programme, ok, refused
from tests.support.release import final_release
from tests.support.services import RunningService
from tests.support.three_levels import (
    HAINING,
    OFFICER,
    PROGRAMME,
    YONGKANG,
    YUEQING,
    ZHUJI,
    SecondProvince,
)


async def test_two_rounds_of_a_year_lead_from_level_to_level_beside_hubei(
    registry: RunningService, release_key: OKPKey
) -> None:
    await load_programme(registry)
    hubei = RegistryStory(registry)
    ours, cultivated = [
        ok(await hubei.register(name))["code"] for name in ("香菇产业集群", "专用汽车产业集群")
    ]
    release = final_release((ours, "designate"), (cultivated, "cultivate"))
    ok(await designate(registry, signed(release, release_key)))
    before = await seen_of_hubei(registry)

    there = SecondProvince(registry, release_key)
    await there.load()
    socks = await there.register(ZHUJI, "袜业产业集群")
    pearls = await there.register(ZHUJI, "珍珠产业集群")
    hardware = await there.register(YONGKANG, "五金产业集群")
    switches = await there.register(YUEQING, "低压电器产业集群")
    leather = await there.register(HAINING, "皮革产业集群")

    # Spring: all that are mature get the first level, whatever their score; nobody skips it.
    snapshot = await there.frozen("2025-spring", socks, pearls, hardware, switches)
    spring = there.release(
        snapshot, "2025-04-28", **scores((socks, 90), (pearls, 88), (hardware, 85), (switches, 80))
    )
    straight = {"cluster": socks, "status": "designated", "level": "provincial", "ground": "产业基础好"}
    unknown = {"cluster": pearls, "status": "designated", "level": "county", "ground": "另有依据"}
    answer = await there.propose(spring, effective_from="2025-05-06", changes=[straight, unknown])
    assert broken(answer) == {(f"clusters.{socks}", "skips-a-level"), (f"clusters.{pearls}", "level")}
    first = await there.designate(spring, effective_from="2025-05-06")
    assert {(entry["status"], entry["level"]) for entry in first.values()} == {("designated", "municipal")}
    answer = await there.propose(effective_from="2025-06-06", titles=[title(socks, "2025-06-01")])
    assert broken(answer) == {("titles[0].level", "skips-a-level")}

    # Autumn: holders ask for the next level, of which there are two places and one a county; leather begins.
    snapshot = await there.frozen("2025-autumn", socks, pearls, hardware, switches, leather)
    figures = scores((socks, 90), (pearls, 88), (hardware, 85), (switches, 80), (leather, 70))
    autumn = there.release(snapshot, "2025-10-28", **figures)
    answer = await there.propose(
        autumn,
        effective_from="2025-11-03",
        changes=[{"cluster": leather, "status": "designated", "level": "provincial", "ground": "另有依据"}],
    )
    assert broken(answer) == {(f"clusters.{leather}", "skips-a-level")}
    second = await there.designate(autumn, effective_from="2025-11-03")
    assert {code: (entry["level"], entry["reasons"][-1]["rule"]) for code, entry in second.items()} == {
        socks: ("provincial", "promoted"),
        pearls: ("municipal", "county-cap"),
        hardware: ("provincial", "promoted"),
        switches: ("municipal", "no-place-left"),
        leather: ("municipal", "release-designate"),
    }
    assert {entry["status"] for entry in second.values()} == {"designated"}
    await there.designate(effective_from="2025-12-01", titles=[title(socks, "2025-11-20")])

    # What each day looked like, and each target by level.
    assert await levels(registry, PROGRAMME, "2025-05-05") == {}
    assert await levels(registry, PROGRAMME, "2025-11-02") == dict.fromkeys(first, "municipal")
    at_the_end = {
        socks: "national", pearls: "municipal", hardware: "provincial", switches: "municipal", leather: "municipal",
    }  # fmt: skip
    assert await levels(registry, PROGRAMME, "2025-12-31") == at_the_end
    async with registry.as_(OFFICER) as client:
        asked: dict[str, Any] = {"programme": PROGRAMME, "year": 2025, "as_of": "2025-12-31"}
        table = ok(await client.get("/v1/targets", params=asked))
        content = (
            await client.get(f"/v1/designation-sets/{PROGRAMME}", params={"as_of": "2025-12-31"})
        ).content
    assert {line["code"]: line["value"] for line in table["items"]} == {
        "clusters": "5",
        "provincial_and_above": "2",
        "national_clusters": "1",
    }
    assert {own.cluster: own.level for own in DesignationSet.parse(content).designations} == at_the_end
    async with registry.as_(county_preparer(ZHUJI)) as client:
        told = ok(await client.get(f"/v1/clusters/{socks}/designations"))["items"]
    assert [(own["programme"], own["level"], own["title_levels"]) for own in told] == [
        (PROGRAMME, level, ["national"]) for level in ("provincial", "municipal")
    ]

    # Nothing of the one is in the other's lists.
    assert await seen_of_hubei(registry) == before
    assert await levels(registry, HUBEI, "2025-12-31") == {ours: "provincial"}
    await nothing_of(registry, PROGRAMME, PROVINCE_OFFICER, socks)
    await nothing_of(registry, HUBEI, OFFICER, ours)


def scores(*pairs: tuple[str, int]) -> dict[str, int]:
    return {f"c{code.replace('-', '_')}": score for code, score in pairs}


def title(cluster: str, awarded_on: str) -> dict[str, str]:
    return {
        "cluster": cluster,
        "level": "national",
        "title": "中小企业特色产业集群",
        "ministry": "工业和信息化部",
        "document_number": "示例〔2025〕88号",
        "awarded_on": awarded_on,
    }


def broken(answer: Any) -> set[tuple[str, str]]:
    problem = refused(answer, 422, "designation-not-possible")
    return {(item["field"], item["rule"]) for item in problem["errors"]}


async def levels(registry: RunningService, programme: str, day: str) -> dict[str, str]:
    """As everybody reads it."""
    async with registry.as_(NOBODY) as client:
        del client.headers["Authorization"]
        found = ok(await client.get(f"/v1/designated-clusters/{programme}", params={"as_of": day}))
    assert {own["level"] for own in found["clusters"]} <= {level["code"] for level in found["levels"]}
    return {own["cluster"]: own["level"] for own in found["clusters"]}


async def seen_of_hubei(registry: RunningService) -> list[Any]:
    """All that Hubei's officer reads of its programme and its clusters."""
    paths = (
        f"/v1/designation-sets/{HUBEI}?as_of=2025-12-31",
        f"/v1/designation-decisions?programme={HUBEI}",
        f"/v1/targets?programme={HUBEI}&year=2025&as_of=2025-12-31",
        f"/v1/tasks?programme={HUBEI}",
        f"/v1/calendars?programme={HUBEI}",
        "/v1/clusters",
        "/v1/applications",
        "/v1/annual-returns",
        "/v1/case-notes",
    )
    async with registry.as_(PROVINCE_OFFICER) as client:
        return [ok(await client.get(path)) for path in paths]


async def nothing_of(registry: RunningService, programme: str, stranger: Person, cluster: str) -> None:
    """What the other province's officer is told of a programme and one of its clusters."""
    async with registry.as_(stranger) as client:
        for path in (f"/v1/clusters/{cluster}", f"/v1/clusters/{cluster}/designations"):
            refused(await client.get(path), 404, "not-found")
        asked: dict[str, Any] = {"programme": programme, "year": 2025}
        refused(await client.get("/v1/targets", params=asked), 404, "not-found")
        day = {"as_of": "2025-12-31"}
        refused(await client.get(f"/v1/designation-sets/{programme}", params=day), 403, "out-of-scope")
        for path in ("/v1/designation-decisions", "/v1/tasks"):
            refused(await client.get(path, params={"programme": programme}), 403, "out-of-scope")
        listed = ok(await client.get("/v1/applications"))["items"]
    assert not [filed for filed in listed if filed["cluster"][:2] == cluster[:2]]


async def test_caps_of_a_county_are_those_of_its_own_province(
    registry: RunningService, release_key: OKPKey
) -> None:
    """The one that was published last has a cap of four leading industries; Hubei has three."""
    await load_programme(registry)
    await SecondProvince(registry, release_key).load()
    entries = [
        {
            "name": name,
            "class_51020": "none",
            "industry_codes": ["14"],
            "source": "县统计局",
            "period": "2024",
            "valid_from": "2024-06-01",
        }
        for name in ("香菇", "汽车", "葡萄", "服装")
    ]
    story = RegistryStory(registry, county=ZENGDU)
    path = "/v1/registers/leading-industries/entries"
    answer = await story.post(county_preparer(ZENGDU), path, {"entries": entries})
    assert {item["rule"] for item in answer.json()["errors"]} == {"cap"}
