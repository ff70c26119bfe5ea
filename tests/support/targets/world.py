"""A small province with every trap that a target can fall into, and how it is loaded through the API.

Thresholds hit exactly, a firm and a park of two clusters, titles that ended, memberships that ended, a brand of one
name twice, clusters that are cultivated, removed, in rectification or national, departments' aggregates in place of
registers, an area that changed, counties of which nothing is known.
"""

from dataclasses import dataclass, field

import sqlalchemy as sa

from tests.support.designations import designated
from tests.support.people import PROVINCE_OFFICER, source_department
from tests.support.register_story import RegisterStory
from tests.support.registry_story import RegistryStory, load_programme, ok, set_business_date
from tests.support.services import RunningService
from tests.support.targets.rows import ORDER, SUIXIAN, TIANMEN, ZENGDU, Row, RowMaker


@dataclass(frozen=True)
class Status:
    """What a cluster is from a day on."""

    cluster: str
    since: str
    status: str = "designated"
    level: str = "provincial"


@dataclass
class World:
    """All rows that were loaded, as they were loaded."""

    rows: dict[str, list[Row]]
    statuses: list[Status]
    clusters: list[Row]
    counties: list[str]
    filed: list[Row] = field(default_factory=list)
    attested: list[Row] = field(default_factory=list)


async def build_world(registry: RunningService) -> World:
    await load_programme(registry)
    clusters = await _clusters(registry)
    codes = [entry["code"] for entry in clusters]
    async with registry.as_(PROVINCE_OFFICER) as client:
        programme = ok(await client.get("/v1/programmes/hubei-county-clusters"))
    world = World(
        rows=RowMaker(clusters).made(),
        statuses=_statuses(codes),
        clusters=clusters,
        counties=programme["scope"]["counties"],
        filed=_filed(codes),
        attested=_attested(codes),
    )
    await load_world(registry, world)
    await set_business_date(registry, "2026-02-01")
    return world


async def load_world(registry: RunningService, world: World) -> None:
    desk = RegisterStory(registry, PROVINCE_OFFICER)
    for register in ORDER:
        for batch in _batches(world.rows[register]):
            ok(await desk.enter(register, *batch))
    for own in world.statuses:
        await designated(registry, own.cluster, since=own.since, status=own.status, level=own.level)
    await file_values(registry, world.filed)
    for entry in world.attested:
        person = source_department(entry["department"])
        body = {key: value for key, value in entry.items() if key != "department"}
        ok(await desk.post("/v1/attested-aggregates", {"round": "2024-application", **body}, by=person))


async def file_values(registry: RunningService, values: list[Row]) -> None:
    """Accepted filings as rows: how one comes about is not what the tests are about."""
    async with registry.database.transaction() as session:
        for entry in values:
            code = f"2024-application.{entry['cluster']}"
            await session.execute(
                sa.text(
                    "INSERT INTO filing (code, kind, round_code, cluster_code, division_path, state, version, "
                    "content_hash, facts, prepared_by) VALUES (:code, 'application', '2024-application', :cluster, "
                    "'{420000}', :state, 1, 'h', '{}', 'p') ON CONFLICT DO NOTHING"
                ),
                {"code": code, "cluster": entry["cluster"], "state": entry["state"]},
            )
            await session.execute(
                sa.text(
                    "INSERT INTO filing_value (filing_code, indicator, data_year, state, value, definition, "
                    "provenance, source) VALUES (:code, :indicator, :year, 'value', :value, 'd', 'reported', 's')"
                ),
                {
                    "code": code, "indicator": entry["indicator"], "year": entry["data_year"],
                    "value": int(entry["value"]),
                },
            )  # fmt: skip


def _batches(rows: list[Row]) -> list[list[Row]]:
    """What lies above a cap comes after what fills it, and a later entry of a key after the first one."""
    late = [row for row in rows if "waiver_reason" in row or row["valid_from"] == "2025-01-01"]
    return [batch for batch in ([row for row in rows if row not in late], late) if batch]


async def _clusters(registry: RunningService) -> list[Row]:
    """Nine clusters of three counties; one county has a third in focus, with its reason."""
    made = []
    for county, city in ((ZENGDU, "421300"), (SUIXIAN, "421300"), (TIANMEN, None)):
        story = RegistryStory(registry, county, city)
        for number in range(3):
            focus = number < 2 or county == SUIXIAN
            reason = "省级试点" if county == SUIXIAN and number == 2 else None
            body = {
                "leading_industry": "产业0",
                "in_focus": focus,
                **({"waiver_reason": reason} if reason else {}),
            }
            entry = ok(await story.register(f"集群{number}", **body))
            made.append({"code": entry["code"], "county": county, "in_focus": focus, "waiver_reason": reason})
    return made


def _statuses(codes: list[str]) -> list[Status]:
    """Of nine: seven designated in 2024, of which one is removed, one in rectification, two national later."""
    return [
        *(Status(code, "2024-09-20") for code in codes[:7]),
        Status(codes[7], "2024-09-20", "cultivated"),
        Status(codes[0], "2024-12-01", level="national"),
        Status(codes[3], "2025-05-01", level="national"),
        Status(codes[5], "2025-03-01", "rectification"),
        Status(codes[6], "2025-03-01", "removed"),
        Status(codes[7], "2025-06-01"),
    ]


def _filed(codes: list[str]) -> list[Row]:
    def value(place: int, year: int, revenue: str, state: str = "accepted") -> Row:
        return {
            "cluster": codes[place], "indicator": "operating_revenue", "data_year": year, "value": revenue,
            "state": state,
        }  # fmt: skip

    return [
        value(0, 2024, "9000000"), value(0, 2025, "9900000"),
        value(1, 2024, "4000000"), value(1, 2025, "10000000"),  # exactly 1,000 亿元 is not above it
        value(2, 2024, "3000000"), value(2, 2025, "3000001"),
        value(3, 2025, "5000000"),
        value(6, 2025, "8000000"),  # removed by then
        value(8, 2025, "7000000"),  # never designated
        value(4, 2025, "6000000", "confirmed"),  # not accepted yet
    ]  # fmt: skip


def _attested(codes: list[str]) -> list[Row]:
    def aggregate(place: int, indicator: str, year: int, value: str, department: str, number: int) -> Row:
        return {
            "cluster": codes[place], "indicator": indicator, "data_year": year, "value": value,
            "document_number": f"测试〔{year}〕{number}号", "department": department,
        }  # fmt: skip

    return [
        aggregate(0, "operating_revenue", 2025, "900000", "省统计局", 1),  # replaced by the next one
        aggregate(0, "operating_revenue", 2025, "10000001", "省统计局", 2),
        aggregate(1, "backbone_firms", 2025, "7", "省经信厅", 3),
        aggregate(2, "above_scale_firms", 2024, "11", "省统计局", 4),
        aggregate(2, "four_above_firms", 2025, "13", "省统计局", 5),
        aggregate(3, "srdi_provincial", 2025, "5", "省经信厅", 6),
        aggregate(4, "hubei_brands", 2025, "2", "省市场监管局", 7),
        aggregate(5, "research_platforms", 2025, "1", "省科技厅", 8),
        aggregate(8, "listed_firms", 2025, "3", "省地方金融管理局", 9),  # never designated
    ]
