"""The demonstration's registers, loaded through the API as files: the published totals, to the last firm."""

from collections.abc import Callable
from decimal import Decimal

import sqlalchemy as sa

from clients.demo.cast import Person as DemoPerson
from clients.demo.registers.loading import LoadedRegisters, load_registers
from clients.programme.folder import ProgrammeFolder, default_programme_folder
from services.registry.domain.registers.declared import REGISTERS
from shared.http.registry import RegistryClient
from shared.text.credit_code import is_test_code
from tests.support.designations import designated
from tests.support.people import AUDITOR, Person
from tests.support.register_story import RegisterStory
from tests.support.registry_story import load_programme, ok, set_business_date
from tests.support.services import RunningService

SEED = 1

#: The demonstration begins with the system: nothing was decided before.
FILLED = REGISTERS.keys() - {"earlier-designations"}


def clients_of(registry: RunningService) -> Callable[[DemoPerson], RegistryClient]:
    def client(person: DemoPerson) -> RegistryClient:
        somebody = Person(person.subject, person.roles, person.division, person.unit, person.department)
        return RegistryClient(
            "http://registry",
            registry.token_source(somebody),
            transport=registry.transport,
            timeout_seconds=120,
        )

    return client


async def load(registry: RunningService) -> LoadedRegisters:
    folder = ProgrammeFolder(default_programme_folder())
    return await load_registers(clients_of(registry), folder, seed=SEED, say=lambda _name, _rows: None)


async def test_all_registers_are_filled_and_add_up_to_what_is_published(registry: RunningService) -> None:
    await load_programme(registry)
    loaded = await load(registry)
    assert (loaded.clusters, loaded.above_scale_firms, loaded.operating_revenue_wan) == (
        40,
        "2462",
        "87680000",
    )
    assert loaded.rows.keys() == FILLED
    assert all(loaded.rows.values())

    desk = RegisterStory(registry, AUDITOR)
    for register in FILLED:
        entries = await desk.listed(register, limit=1000)
        assert entries, register
        assert {entry["provenance"] for entry in entries} == {"synthetic"}
        assert {entry["source"] for entry in entries} == {"演示数据,非官方结果"}
    firms = await desk.listed("enterprises", limit=1000)
    assert all(is_test_code(entry["key"]) and "〔演示〕" in entry["name"] for entry in firms)
    assert await desk.listed("cluster-memberships", limit=1000, where="split=0.6")

    table = ok(await desk.get("/v1/derived-indicators", programme="hubei-county-clusters", data_year=2025))
    assert sum(Decimal(e["values"]["four_above_firms"]["value"]) for e in table["clusters"]) == 2462
    assert (table["counted"], table["totals"]["four_above_firms"]) == (0, "0")  # none is designated
    assert all(
        Decimal(e["values"]["research_platforms"]["value"]) == 1 for e in table["clusters"]
    )  # P09: all covered
    await designated(registry, *[entry["cluster"] for entry in table["clusters"]], since="2024-09-20")
    await set_business_date(registry, "2026-01-01")
    path = "/v1/targets/hubei-county-clusters/four_above_firms"
    for asked in ({"year": 2025}, {"year": 2025, "known_at": "2199-01-01T00:00:00Z"}):
        found = ok(await desk.get(path, by=AUDITOR, **asked))["items"][0]
        assert (found["value"], found["counts"]["counted"], found["population"]["number"]) == (
            "2462",
            2462,
            40,
        )
    again = await load(registry)
    assert again == loaded
    async with registry.database.transaction() as session:
        batches = await session.scalar(sa.text("SELECT count(*) FROM register_batch WHERE kind = 'import'"))
    assert batches == len(FILLED)
