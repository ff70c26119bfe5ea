"""Loads the demonstration's registers through the API: one CSV for each register, in parts, all or nothing.

Every call is keyed by the seed, so that a second run does nothing twice and a killed one goes on.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from clients.demo.cast import OFFICER, Person, preparer
from clients.demo.chance import Chance
from clients.demo.counties.applicants import Applicant, choose_applicants
from clients.demo.registers.firms import Member, make_firms
from clients.demo.registers.rows import Row, all_rows
from clients.local.errors import LocalError
from clients.programme.folder import ProgrammeFolder
from shared.http.registry import RegistryClient
from shared.http.registry.registers import DerivedTableView

CLUSTERS = 40
DATA_YEAR = 2025


class RegisterNotLoaded(LocalError):
    """The registry refused a file of the demonstration; nothing of it was kept."""


@dataclass(frozen=True)
class LoadedRegisters:
    """What is in the registers now: rows by register, and the sums over all clusters that follow from them."""

    rows: dict[str, int]
    clusters: int
    above_scale_firms: str
    operating_revenue_wan: str


async def load_registers(
    registry_of: Callable[[Person], RegistryClient],
    folder: ProgrammeFolder,
    *,
    seed: int,
    say: Callable[[str, int], None],
) -> LoadedRegisters:
    """Registers the 40 clusters where they are missing, then fills every register."""
    programme = str(folder.programme["programme"])
    chance = Chance(seed, "registers")
    applicants = choose_applicants(folder, Chance(seed))[:CLUSTERS]  # the ones that the demo has
    members = await _clusters(registry_of, applicants, programme=programme, seed=seed)
    firms = make_firms(members, chance.branch("firms"))
    officer = registry_of(OFFICER)
    counted = {}
    for register, rows in all_rows(members, firms, chance.branch("rows")).items():
        counted[register] = await _load_one(officer, register, rows, seed=seed)
        say(register, counted[register])
    table = await officer.derived_indicators(programme, data_year=DATA_YEAR)
    return LoadedRegisters(
        rows=counted,
        clusters=len(table.clusters),
        above_scale_firms=_total(table, "above_scale_firms"),
        operating_revenue_wan=_total(table, "operating_revenue"),
    )


def _total(table: DerivedTableView, indicator: str) -> str:
    """Over all clusters of the demonstration, of which not all are designated yet."""
    found = [own.values[indicator].value for own in table.clusters if indicator in own.values]
    return f"{sum(map(Decimal, found), Decimal(0)).normalize():f}"


async def _clusters(
    registry_of: Callable[[Person], RegistryClient],
    applicants: Sequence[Applicant],
    *,
    programme: str,
    seed: int,
) -> list[Member]:
    known = {(entry.county_code, entry.name): entry.code for entry in await registry_of(OFFICER).clusters()}
    members = []
    for place, applicant in enumerate(applicants):
        code = known.get((applicant.county_code, applicant.name))
        if code is None:
            body = {
                "programme": programme,
                "county_code": applicant.county_code,
                "name": applicant.name,
                "leading_industry": applicant.leading_industry,
                "industry_codes": list(applicant.industry_codes),
                "in_focus": True,
            }
            client = registry_of(preparer(applicant.county_code))
            code = (await client.register_cluster(body, key=f"registers:{seed}:cluster:{place}")).code
        members.append(
            Member(
                code,
                applicant.county_code,
                applicant.county_name,
                applicant.name,
                applicant.leading_industry,
                applicant.industry_codes,
            )
        )
    return members


async def _load_one(officer: RegistryClient, register: str, rows: Sequence[Row], *, seed: int) -> int:
    key = f"registers:{seed}:{register}"
    upload = await officer.upload(_csv(rows), f"{register}.csv", purpose="import", key=f"{key}:upload")
    found = await officer.import_register(register, upload.id, mode="apply", key=f"{key}:import")
    if found.state != "applied":
        first = (await officer.import_problems(found.id, limit=1))[0]
        raise RegisterNotLoaded(
            f"{register} 第 {first.row} 行 {first.column}:{first.message}(共 {found.errors} 处)",
            f"{register} row {first.row}: {first.message_en} ({found.errors} in all)",
        )
    return len(rows)


def _csv(rows: Sequence[Row]) -> bytes:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()
