"""A second province with a programme of three levels and two rounds a year (`tests/cases/three-levels`), its people."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from joserfc.jwk import OKPKey

from clients.programme.folder import ProgrammeFolder
from shared.contracts.release import Notice
from shared.web.principals import Role
from tests.support import programme
from tests.support.designations import approve, propose, signed
from tests.support.people import (
    PROVINCE_OFFICER,
    Person,
    city_reviewer,
    county_preparer,
    county_signer,
)
from tests.support.registry_story import ok, set_business_date, value
from tests.support.release import final_release
from tests.support.services import RunningService

PROGRAMME = "three-levels"
ZHEJIANG, OFFICE = "330000", "浙江省经济和信息化厅"
YUEQING, HAINING, ZHUJI, YONGKANG = "330382", "330481", "330681", "330784"
OFFICER = Person("officer-zhejiang", (Role.PROVINCE_OFFICER,), ZHEJIANG, OFFICE)
DECIDER = Person("decider-zhejiang", (Role.PROVINCE_DECIDER,), ZHEJIANG, OFFICE)
DEPARTMENT = Person("source-zhejiang", (Role.SOURCE_DEPARTMENT,), ZHEJIANG, "省经信厅", "省经信厅")

FOLDER = ProgrammeFolder(Path(__file__).parents[1] / "cases" / "three-levels")


@dataclass(frozen=True)
class SecondProvince:
    """Its year, played by its own people."""

    registry: RunningService
    key: OKPKey

    async def load(self) -> None:
        """Divisions are the installation's; the rest the province publishes itself."""
        async with self.registry.as_(PROVINCE_OFFICER) as client:
            divisions = [*programme.divisions(), *FOLDER.divisions]
            ok(await client.put("/v1/divisions", json={"divisions": divisions}))
        await set_business_date(self.registry, "2025-02-01")
        async with self.registry.as_(OFFICER) as client:
            ok(await client.post("/v1/programmes", json=FOLDER.programme))
            ok(await client.post("/v1/indicator-catalogues", json=FOLDER.indicators))
            for calendar in FOLDER.calendars:
                ok(await client.post("/v1/calendars", json=calendar))

    async def post(self, person: Person, path: str, body: Any) -> httpx.Response:
        async with self.registry.as_(person) as client:
            return await client.post(path, json=body, headers={"Idempotency-Key": f"levels-{uuid4()}"})

    async def register(self, county: str, name: str) -> str:
        body = {
            "programme": PROGRAMME,
            "county_code": county,
            "name": name,
            "leading_industry": name.removesuffix("产业集群"),
            "industry_codes": ["33"],
            "in_focus": True,
        }
        return str(ok(await self.post(county_preparer(county), "/v1/clusters", body))["code"])

    async def apply(self, round_code: str, cluster: str) -> httpx.Response:
        content = {"values": [value("revenue", 2024, "812345")], "facts": {}}
        body = {"round": round_code, "cluster": cluster, **content}
        return await self.post(county_preparer(cluster[:6]), "/v1/applications", body)

    async def frozen(self, round_code: str, *clusters: str) -> str:
        """The snapshot of a round in which these applied and all were accepted."""
        calendar = FOLDER.round(round_code)
        await set_business_date(self.registry, calendar["opens_on"])
        codes = []
        for cluster in clusters:
            filed = ok(await self.apply(round_code, cluster))
            county, path = cluster[:6], f"/v1/applications/{filed['code']}"
            signed_off = {"content_hash": filed["content_hash"]}
            ok(await self.post(county_signer(county), f"{path}/sign-off", signed_off))
            city = city_reviewer(f"{county[:4]}00")
            ok(await self.post(city, f"{path}/recommendation", {"note": "同意推荐"}))
            codes.append(filed["code"])
        ok(await self.post(DEPARTMENT, "/v1/applications/confirmations", {"codes": codes}))
        ok(await self.post(OFFICER, "/v1/applications/acceptances", {"codes": codes}))
        await set_business_date(self.registry, calendar["cut_off"])
        return str(ok(await self.post(OFFICER, f"/v1/rounds/{round_code}/snapshots", None))["sha256"])

    def release(self, snapshot: str, notice_ends: str, **scores: int) -> dict[str, Any]:
        """All are mature; ``scores``: by cluster with ``c`` before its code and ``_`` in it."""
        given = {code[1:].replace("_", "-"): str(score) for code, score in sorted(scores.items())}
        ends_on = date.fromisoformat(notice_ends)
        found = final_release(
            *((code, "designate") for code in given),
            programme=PROGRAMME,
            assessment_year=2025,
            data_year=2024,
            snapshot_sha256=snapshot,
            notice=Notice(
                starts_on=ends_on.replace(day=ends_on.day - 6), ends_on=ends_on, days=7, day_kind="calendar"
            ),
        )
        units = tuple(unit.model_copy(update={"score": given[unit.unit]}) for unit in found.units)
        return signed(found.model_copy(update={"units": units}), self.key)

    async def propose(self, *releases: dict[str, Any], **more: Any) -> httpx.Response:
        return await propose(self.registry, *releases, by=OFFICER, programme=PROGRAMME, **more)

    async def designate(self, *releases: dict[str, Any], **more: Any) -> dict[str, dict[str, Any]]:
        """The entries of an approved decision by cluster; a higher authority replies to a request here."""
        code = ok(await self.propose(*releases, **more))["code"]
        numbers = {"document_number": "浙示〔2025〕9号", "request_document_number": "浙请〔2025〕9号"}
        found = ok(await approve(self.registry, code, by=DECIDER, **numbers))
        return {entry["cluster_code"]: entry for entry in found["entries"]}
