"""Short words for what people do in the registry, for tests that need a filing at some step."""

from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from uuid import uuid4

import httpx

from services.registry.storage.tables.metadata import METADATA
from tests.support import programme
from tests.support.people import (
    PIPELINE,
    PROVINCE_OFFICER,
    Person,
    city_reviewer,
    county_preparer,
    county_signer,
    source_department,
)
from tests.support.services import RunningService, listeners

ZENGDU, SUIZHOU, TIANMEN = "421303", "421300", "429006"
ROUND = "2024-application"


async def set_business_date(service: RunningService, day: str) -> None:
    async with service.as_(PIPELINE) as client:
        answer = await client.put("/v1/trial/business-date", json={"business_date": day})
        assert answer.status_code == 200, answer.text


async def load_programme(registry: RunningService) -> None:
    """Reference data, programme, catalogue and calendar; the business date is in the filing days of 2024.

    Nearly every test begins so: it is asked for once, and put in place as rows for the others; but asked for each time
    where somebody listens to what is asked.
    """
    if listeners or not _loaded:
        await _ask_for_programme(registry)
        if not listeners:
            _loaded.update(await _rows_of(registry))
        return
    async with registry.database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        async with driver.transaction():
            for table, rows in _loaded.items():
                await driver.copy_to_table(table, source=BytesIO(rows), format="binary")


#: What the programme's tables hold once it is loaded, in the order in which they refer to each other.
_loaded: dict[str, bytes] = {}


async def _rows_of(registry: RunningService) -> dict[str, bytes]:
    found = {}
    async with registry.database.engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        for table in METADATA.sorted_tables:
            if await driver.fetchval(f'SELECT EXISTS (SELECT FROM "{table.name}")'):
                rows = BytesIO()
                await driver.copy_from_table(table.name, output=rows, format="binary")
                found[table.name] = rows.getvalue()
    return found


async def _ask_for_programme(registry: RunningService) -> None:
    async with registry.as_(PROVINCE_OFFICER) as client:
        for method, path, body in (
            ("PUT", "/v1/divisions", {"divisions": programme.divisions()}),
            ("PUT", "/v1/industries", {"industries": programme.industries()}),
            ("POST", "/v1/programmes", programme.document("programme")),
            ("POST", "/v1/indicator-catalogues", programme.document("indicators")),
            ("POST", "/v1/calendars", programme.calendar()),
        ):
            answer = await client.request(method, path, json=body)
            assert answer.status_code in {200, 201}, answer.text
    await set_business_date(registry, "2024-06-20")


def plausible_content(*, revenue: str = "4140000", **changed: str) -> dict[str, Any]:
    """A complete content that breaks no rule, all of it reported; ``changed`` sets figures of 2023 by indicator."""
    catalogue = programme.document("indicators")
    figures: dict[str, str] = {}
    for place, indicator in enumerate(catalogue["indicators"]):
        usual = indicator.get("usual") or indicator["range"]
        middle = (int(float(usual["minimum"])) + int(float(usual["maximum"]))) // 2
        figures[indicator["code"]] = str(
            middle + 137 * place if middle > 10_000 else middle
        )  # no round figures
    figures |= {"operating_revenue": revenue, "tax_paid": str(int(revenue) // 50), **changed}
    return {
        "values": [
            value(indicator["code"], 2023 + offset, figures[indicator["code"]])
            for indicator in catalogue["indicators"]
            for offset in indicator["data_years"]
        ],
        "facts": {fact["code"]: "false" for fact in catalogue["facts"]},
    }


def value(indicator: str, year: int, number: str) -> dict[str, Any]:
    return {
        "indicator": indicator,
        "data_year": year,
        "state": "zero" if number == "0" else "value",
        "value": number,
        "source": "县统计年报",
    }


@dataclass
class RegistryStory:
    """A county's application, step by step, each by the right person."""

    registry: RunningService
    county: str = ZENGDU
    city: str | None = SUIZHOU
    departments: list[str] = field(
        default_factory=lambda: sorted(
            {entry["source_department"] for entry in programme.document("indicators")["indicators"]}
        )
    )

    async def post(self, person: Person, path: str, body: Any, *, key: str | None = None) -> httpx.Response:
        async with self.registry.as_(person) as client:
            return await client.post(path, json=body, headers={"Idempotency-Key": key or f"test-{uuid4()}"})

    async def register(self, name: str = "专用车产业集群", **changed: Any) -> httpx.Response:
        body = {
            "programme": "hubei-county-clusters",
            "county_code": self.county,
            "name": name,
            "leading_industry": "汽车制造",
            "industry_codes": ["36"],
            "in_focus": True,
            **changed,
        }
        return await self.post(county_preparer(self.county), "/v1/clusters", body)

    async def prepare(self, cluster: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        body = {"round": ROUND, "cluster": cluster, **(content or plausible_content())}
        return ok(await self.post(county_preparer(self.county), "/v1/applications", body))

    async def revise(self, code: str, content: dict[str, Any]) -> httpx.Response:
        async with self.registry.as_(county_preparer(self.county)) as client:
            etag = (await client.get(f"/v1/applications/{code}")).headers["ETag"]
            path = f"/v1/applications/{code}/content"
            return await client.put(path, json=content, headers={"If-Match": etag})

    async def sign_off(self, code: str, content_hash: str, by: Person | None = None) -> httpx.Response:
        return await self.post(
            by or county_signer(self.county),
            f"/v1/applications/{code}/sign-off",
            {"content_hash": content_hash},
        )

    async def recommend(self, code: str) -> httpx.Response:
        assert self.city is not None
        return await self.post(
            city_reviewer(self.city), f"/v1/applications/{code}/recommendation", {"note": "同意推荐"}
        )

    async def send_back(self, by: Person, code: str, *reasons: dict[str, Any]) -> httpx.Response:
        return await self.post(
            by, f"/v1/applications/{code}/send-back", {"note": "请核对", "reasons": list(reasons)}
        )

    async def confirm(self, *codes: str, departments: list[str] | None = None) -> None:
        for department in self.departments if departments is None else departments:
            ok(
                await self.post(
                    source_department(department), "/v1/applications/confirmations", {"codes": list(codes)}
                )
            )

    async def accept(self, *codes: str) -> httpx.Response:
        return await self.post(PROVINCE_OFFICER, "/v1/applications/acceptances", {"codes": list(codes)})

    async def accepted(self, content: dict[str, Any] | None = None, *, name: str = "专用车产业集群") -> str:
        """The code of an application that went all the way."""
        cluster = ok(await self.register(name))["code"]
        filed = await self.prepare(cluster, content)
        ok(await self.sign_off(filed["code"], filed["content_hash"]))
        if self.city is not None:
            ok(await self.recommend(filed["code"]))
        await self.confirm(filed["code"])
        ok(await self.accept(filed["code"]))
        return str(filed["code"])


def ok(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    problem: dict[str, Any] = answer.json()
    assert problem["type"] == f"urn:county-clusters:problem:{code}", problem
    assert problem["detail"]
    assert problem["detail_en"]
    return problem
