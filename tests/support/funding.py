"""The real funding service for tests, and signed documents in the place of the services below it."""

import json
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
from joserfc.jwk import OKPKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.funding.app import Transports, create_app
from services.funding.settings import FundingSettings
from shared.contracts.designation_set import DesignationSet
from shared.contracts.release import Release
from shared.documents.keys import sign_hash
from shared.http.funding import FundingClient
from tests.support import programme
from tests.support.people import (
    FINANCE_MAKER,
    FINANCE_REVIEWER,
    FUNDING_SERVICE,
    HUBEI,
    PIPELINE,
    PROVINCE_OFFICER,
    Issuer,
    Person,
)
from tests.support.registry_story import ok
from tests.support.services import RunningService, closing, example_settings, until_not_busy

PROGRAMME = "hubei-county-clusters"
INCENTIVE = ("hubei-county-clusters-incentive", "2024.1")
BUSINESS_DATE = "2024-10-08"
WAN = 1_000_000


#: The division register: each division with the one above it.
PARENTS = {row["code"]: row["parent_code"] or None for row in programme.divisions()}


#: What a finance system needs of a line.
CODES = {
    "fund_nature": "111",
    "project_code": "420000240001",
    "functional_class": "2150805",
    "economic_class": "51301",
    "budget_heading": "中小企业发展专项",
    "sending_division": "420000000",
}


class BelowFunding:
    """Serves releases and designations at the addresses of scoring and the registry, and can be away."""

    def __init__(self, key: OKPKey) -> None:
        self.key = key
        self.releases: dict[str, dict[str, Any]] = {}
        self.designations: bytes = b""
        self.robustness: dict[str, dict[str, Any]] = {}
        self.newest: dict[str, Release] = {}
        self.programmes = {PROGRAMME: HUBEI}
        self.recodes: list[dict[str, Any]] = []
        self.projects: dict[str, dict[str, Any]] = {}
        self.away = False
        self.asked: list[str] = []
        self._app = Starlette(
            routes=[
                Route("/v1/releases/{sha256}", self._get_release),
                Route("/v1/assessments/{assessment}", self._get_assessment),
                Route("/v1/releases/{sha256}/robustness", self._get_robustness),
                Route("/v1/designation-sets/{programme}", self._get_designations),
                Route("/v1/clusters/{code}", self._get_cluster),
                Route("/v1/divisions", self._get_divisions),
                Route("/v1/division-recodes", self._get_recodes),
                Route("/v1/projects/{code}", self._get_project),
                Route("/v1/programmes/{programme}", self._get_programme),
            ]
        )

    @property
    def transports(self) -> Transports:
        return Transports(registry=httpx.ASGITransport(self._app), scoring=httpx.ASGITransport(self._app))

    def put(self, release: Release, *, signature: str | None = None) -> str:
        self.releases[release.sha256] = {
            "sha256": release.sha256,
            "assessment": assessment_of(release),
            "stage": release.stage,
            "signature": signature or sign_hash(release.sha256, self.key),
            "key_id": "test-release",
            "document": json.loads(release.canonical()),
        }
        if release.stage == "final":
            self.newest[assessment_of(release)] = release
        return release.sha256

    def designate(self, designations: DesignationSet) -> None:
        self.designations = designations.canonical()

    async def _get_release(self, request: Request) -> Response:
        self.asked.append(str(request.url.path))
        if self.away:
            return JSONResponse({}, status_code=503)
        found = self.releases.get(request.path_params["sha256"])
        return JSONResponse({}, status_code=404) if found is None else JSONResponse(found)

    async def _get_assessment(self, request: Request) -> Response:
        if self.away:
            return JSONResponse({}, status_code=503)
        newest = self.newest.get(request.path_params["assessment"])
        if newest is None:
            return JSONResponse({}, status_code=404)
        return JSONResponse(
            {
                "id": request.path_params["assessment"],
                "programme": newest.programme,
                "assessment_year": newest.assessment_year,
                "data_year": newest.data_year,
                "kind": newest.kind,
                "state": "final",
                "current_sha256": newest.proposed_sha256,
                "final_sha256": newest.sha256,
                "repeat_notice": False,
                "decision": None,
                "notice": None,
                "open_objections": [],
                "releases": [],
            }
        )

    async def _get_cluster(self, request: Request) -> Response:
        """Each county of the division register has one cluster, with its code."""
        code = str(request.path_params["code"])
        county = code.removesuffix("-01")
        if self.away or county not in PARENTS:
            return JSONResponse({}, status_code=503 if self.away else 404)
        return JSONResponse({"code": code, "county_code": county, "name": code})

    async def _get_divisions(self, _request: Request) -> Response:
        if self.away:
            return JSONResponse({}, status_code=503)
        listed = [{"code": code, "parent_code": parent} for code, parent in PARENTS.items()]
        return JSONResponse({"items": listed, "next": None})

    async def _get_recodes(self, _request: Request) -> Response:
        if self.away:
            return JSONResponse({}, status_code=503)
        return JSONResponse({"items": self.recodes, "next": None})

    def register(self, project: dict[str, Any]) -> None:
        """In the registry, as its county said; what funding alone is told is no part of it."""
        county = project["county_code"]
        path = [county]
        while (above := PARENTS.get(path[0])) is not None:
            path.insert(0, above)
        facts = ("code", "name", "county_code", "cluster", "unit", "investment_fen")
        self.projects[project["code"]] = {name: project[name] for name in facts} | {"division_path": path}

    async def _get_project(self, request: Request) -> Response:
        found = self.projects.get(request.path_params["code"])
        if self.away or found is None:
            return JSONResponse({}, status_code=503 if self.away else 404)
        return JSONResponse(found)

    async def _get_programme(self, request: Request) -> Response:
        if self.away:
            return JSONResponse({}, status_code=503)
        division = self.programmes.get(request.path_params["programme"])
        if division is None:
            return JSONResponse({}, status_code=404)
        return JSONResponse(programme.document("programme") | {"division_code": division})

    async def _get_robustness(self, request: Request) -> Response:
        found = self.robustness.get(request.path_params["sha256"])
        if self.away:
            return JSONResponse({}, status_code=503)
        return JSONResponse({}, status_code=404) if found is None else JSONResponse(found)

    async def _get_designations(self, request: Request) -> Response:
        self.asked.append(str(request.url))
        if self.away:
            return JSONResponse({}, status_code=503)
        return Response(self.designations, media_type="application/json")


def assessment_of(release: Release) -> str:
    """The assessment of a filing round; a release that was put later is the newer one."""
    return f"{release.programme}-{release.assessment_year}-{release.kind}-1"


@asynccontextmanager
async def running_funding(
    folder: Path, issuer: Issuer, database_url: str, release_jwks: Path, transports: Transports
) -> AsyncIterator[RunningService]:
    tokens = {}
    for name in ("registry", "scoring"):
        tokens[name] = folder / f"funding-to-{name}.token"
        tokens[name].write_text(issuer.token(FUNDING_SERVICE, name), "utf-8")
    settings = FundingSettings.model_validate(
        example_settings(
            folder,
            issuer,
            database_url,
            business_date=BUSINESS_DATE,
            release_jwks=str(release_jwks),
            registry_url="http://registry",
            registry_token_file=tokens["registry"],
            scoring_url="http://scoring",
            scoring_token_file=tokens["scoring"],
            upstream_attempts=1,
        )
    )
    async with closing(create_app(settings, transports=transports)) as app:
        yield RunningService("funding", app, issuer)


def client_of(funding: RunningService, person: Person) -> FundingClient:
    return FundingClient(
        "http://funding", funding.token_source(person), attempts=1, transport=funding.transport
    )


def key() -> str:
    return f"test-{uuid4()}"


#: County, city (none for a province-run unit) and name, in the order of their ranks; 曾都 is the fifth.
CLUSTERS: Sequence[tuple[str, str | None, str]] = (
    ("420115", "420100", "江夏区"),
    ("420984", "420900", "汉川市"),
    ("420581", "420500", "宜都市"),
    ("420281", "420200", "大冶市"),
    ("421303", "421300", "曾都区"),
    ("429006", None, "天门市"),
    ("420304", "420300", "郧阳区"),
    ("420325", "420300", "房县"),
    ("420506", "420500", "夷陵区"),
    ("420114", "420100", "蔡甸区"),
    ("420981", "420900", "应城市"),
    ("420982", "420900", "安陆市"),
    ("421321", "421300", "随县"),
)


def release_of(
    clusters: Iterable[tuple[str, str | None, str]] = CLUSTERS,
    *,
    ranks: Sequence[int] | None = None,
    changed_units: dict[str, dict[str, Any]] | None = None,
    **changed: Any,
) -> Release:
    """A final release with the clusters in the order of their ranks; ``changed_units`` by county."""
    units = []
    for place, (county, city, name) in enumerate(clusters, start=1):
        rank = place if ranks is None else ranks[place - 1]
        unit = {
            "unit": f"{county}-01",
            "name": f"{name}产业集群",
            "county_code": county,
            "county_name": name,
            "division_path": [part for part in ("420000", city, county) if part],
            "score": str(100 - rank),
            "rank": rank,
            "grade": "good",
            "outcomes": {"eligible": True, "developing_well": True, "proposed_status": "designate"},
            "removed": None,
            "contributions": [],
        }
        units.append(unit | (changed_units or {}).get(county, {}))
    return Release.of(
        {
            "schema": "county-clusters/release/1",
            "stage": "final",
            "programme": PROGRAMME,
            "programme_version": "2024.1",
            "assessment_year": 2024,
            "data_year": 2023,
            "kind": "application",
            "number": 1,
            "supersedes": None,
            "scheme": {"id": PROGRAMME, "version": "2024.1", "sha256": "sha256:" + "1" * 64},
            "snapshot_sha256": "sha256:" + "2" * 64,
            "proposed_sha256": "sha256:" + "3" * 64,
            "decision": {"document_number": "鄂发改县域〔2024〕290号", "decided_on": "2024-09-02"},
            "notice": {
                "starts_on": "2024-09-04",
                "ends_on": "2024-09-10",
                "days": 7,
                "day_kind": "calendar",
            },
            "objections": [],
            "units": sorted(units, key=lambda unit: str(unit["unit"])),
            **changed,
        }
    )


def designations_of(release: Release, **statuses: str) -> DesignationSet:
    """Every unit of the release designated, but for those named by county (``c421303="cultivated"``)."""
    return DesignationSet.of(
        {
            "schema": "county-clusters/designation-set/1",
            "programme": release.programme,
            "programme_version": "2024.1",
            "as_of": BUSINESS_DATE,
            "designations": [
                {
                    "cluster": unit.unit,
                    "name": unit.name,
                    "county_code": unit.county_code,
                    "county_name": unit.county_name,
                    "division_path": list(unit.division_path),
                    "status": statuses.get(f"c{unit.county_code}", "designated"),
                    "level": "provincial",
                    "document_number": "鄂发改县域〔2024〕300号",
                    "effective_from": date(2024, 9, 20).isoformat(),
                    "release_sha256": release.sha256,
                }
                for unit in release.units
            ],
        }
    )


class FundingStory:
    """Short words for what people do in funding. Each command has a key of its own unless one is given."""

    def __init__(self, funding: RunningService, below: BelowFunding) -> None:
        self.funding = funding
        self.below = below
        self.put(release_of())

    def put(self, release: Release, **statuses: str) -> None:
        """The newest final release, at scoring, and in the registry the designations on its ground."""
        self.release = release
        self.below.put(release)
        self.below.designate(designations_of(release, **statuses))

    async def post(
        self, person: Person, path: str, body: Any = None, *, command: str | None = None
    ) -> httpx.Response:
        """A project that is told with its facts is in the register already."""
        if path == "/v1/projects" and isinstance(body, dict) and body.get("county_code"):
            self.below.register(body)
        headers = {"Idempotency-Key": command or key()}
        async with self.funding.as_(person) as client:
            return await until_not_busy(lambda: client.post(path, json=body, headers=headers))

    async def get(self, person: Person, path: str) -> httpx.Response:
        async with self.funding.as_(person) as client:
            return await client.get(path)

    async def publish(self, document: dict[str, Any] | None = None) -> httpx.Response:
        body = {"document": document or programme.document("incentive")}
        return await self.post(PROVINCE_OFFICER, "/v1/incentive-rules", body)

    def appropriation(self, *, code: str = "2024-incentive", **changed: Any) -> dict[str, Any]:
        """The order that records a line."""
        return {
            "kind": "appropriation",
            "appropriation": code,
            "programme": PROGRAMME,
            "fiscal_year": 2024,
            "source": "incentive_fund",
            "amount_fen": 8_000 * WAN,
            "document_number": "鄂财预〔2024〕18号",
            "document_date": BUSINESS_DATE,
            "reason": "依据预算文件登记",
            "budget_approved_on": BUSINESS_DATE,
            "codes": CODES,
            **changed,
        }

    async def record(self, line: dict[str, Any] | None = None) -> None:
        """A line, made by one person of the finance department and approved by another."""
        await self.decided(line or self.appropriation())

    async def write_back(self, list_number: str, document_number: str, day: str, **changed: Any) -> None:
        """The office's number of an issued list."""
        await self.decided(self.list_number(list_number, document_number, day, **changed))

    def list_number(self, list_number: str, document_number: str, day: str, **changed: Any) -> dict[str, Any]:
        return {
            "kind": "award_list_number",
            "award_list": list_number,
            "document_number": document_number,
            "document_date": day,
            "reason": "登记名单文号",
            **changed,
        }

    async def name_divisions(self, codes: dict[str, str]) -> None:
        """Finance's own code of each division."""
        await self.decided(self.finance_divisions(codes))

    def finance_divisions(self, codes: dict[str, str]) -> dict[str, Any]:
        rows = [
            {"division_code": division, "finance_code": code, "name": division}
            for division, code in codes.items()
        ]
        return {"kind": "finance_divisions", "divisions": rows, "reason": "登记财政编码"}

    async def decided(self, order: dict[str, Any]) -> str:
        """Proposed and approved; the order's number."""
        number = str(ok(await self.post(FINANCE_MAKER, "/v1/fund-orders", order))["number"])
        review = {"orders": [number], "decision": "approve", "minutes": "审核纪要"}
        ok(await self.post(FINANCE_REVIEWER, "/v1/fund-order-reviews", review))
        return number

    def round(self, **changed: Any) -> dict[str, Any]:
        return {
            "appropriation": "2024-incentive",
            "incentive": INCENTIVE[0],
            "incentive_version": INCENTIVE[1],
            "release_sha256": self.release.sha256,
            **changed,
        }

    async def open_round(self, **changed: Any) -> httpx.Response:
        return await self.post(PROVINCE_OFFICER, "/v1/rounds", self.round(**changed))

    async def step(self, person: Person, round_code: str, step: str, body: Any = None) -> httpx.Response:
        return await self.post(person, f"/v1/rounds/{round_code}/{step}", body)

    async def balance(self, person: Person, account: str) -> int:
        answer = ok(await self.get(person, f"/v1/ledger/accounts/2024-incentive:{account}/balance"))
        return int(answer["balance_fen"])

    async def set_business_date(self, day: str) -> None:
        async with self.funding.as_(PIPELINE) as client:
            ok(await client.put("/v1/trial/business-date", json={"business_date": day}))
