"""The real scoring service for tests, and a shelf of snapshots where no whole registry is needed."""

import json
from collections.abc import AsyncIterator, Mapping
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

from services.scoring.app import create_app
from services.scoring.settings import ScoringSettings
from shared.contracts.snapshot import Snapshot
from shared.web.principals import Role
from tests.support.people import (
    HUBEI,
    PIPELINE,
    PROVINCE_DECIDER,
    PROVINCE_OFFICER,
    SCORING_SERVICE,
    Issuer,
    Person,
)
from tests.support.services import RunningService, closing, example_settings

CITY = "420900"
#: An objection, and who files it.
FILING = {
    "unit": "u2",
    "statement": "营业收入有误",
    "objector_name": "张三",
    "objector_contact": "13800000000",
}
SOMEBODY = Person("somebody", (Role.PUBLIC,), "420000", "")
COUNTIES = {"u1": "420984", "u2": "420981", "u3": "420982", "u4": "429006"}


class Shelf:
    """Serves snapshots under the registry's address, and can be away."""

    def __init__(self) -> None:
        self.snapshots: dict[str, bytes] = {}
        self.recodes: list[dict[str, Any]] = []
        self.owners: dict[str, str] = {}
        self.away = False
        self.asked = 0
        self.app = Starlette(
            routes=[
                Route("/v1/snapshots/{sha256}", self._get),
                Route("/v1/programmes/{programme}", self._get_programme),
                Route("/v1/division-recodes", self._get_recodes),
            ]
        )

    def put(self, snapshot: Snapshot) -> str:
        self.snapshots[snapshot.sha256] = snapshot.canonical()
        return snapshot.sha256

    async def _get_programme(self, request: Request) -> Response:
        """Every programme is Hubei's, but for those that have another owner."""
        if self.away:
            return JSONResponse({}, status_code=503)
        programme = request.path_params["programme"]
        return JSONResponse({"programme": programme, "division_code": self.owners.get(programme, HUBEI)})

    async def _get_recodes(self, _request: Request) -> Response:
        if self.away:
            return JSONResponse({}, status_code=503)
        return JSONResponse({"items": self.recodes, "next": None})

    @property
    def transport(self) -> httpx.ASGITransport:
        return httpx.ASGITransport(self.app)

    async def _get(self, request: Request) -> Response:
        self.asked += 1
        if self.away:
            return JSONResponse({}, status_code=503)
        content = self.snapshots.get(request.path_params["sha256"])
        return JSONResponse({}, status_code=404) if content is None else Response(content)


@asynccontextmanager
async def running_scoring(
    folder: Path,
    issuer: Issuer,
    database_url: str,
    release_key: OKPKey,
    registry: httpx.AsyncBaseTransport,
    **more: Any,
) -> AsyncIterator[RunningService]:
    key_file, token_file = folder / "release-key.json", folder / "registry-token"
    key_file.write_text(json.dumps(release_key.as_dict(private=True)), "utf-8")
    token_file.write_text(issuer.token(SCORING_SERVICE, "registry"), "utf-8")
    settings = ScoringSettings.model_validate(
        example_settings(
            folder,
            issuer,
            database_url,
            signing_key_file=key_file,
            registry_url="http://registry",
            registry_token_file=token_file,
            upstream_attempts=1,
            **more,
        )
    )
    async with closing(create_app(settings, registry_transport=registry)) as app:
        yield RunningService("scoring", app, issuer)


def snapshot_of(
    units: Mapping[str, Mapping[str, str | None]],
    *,
    facts: Mapping[str, dict[str, str]] | None = None,
    groups: Mapping[str, dict[str, str]] | None = None,
    **changed: Any,
) -> Snapshot:
    """A snapshot for the small scheme: the indicators a, b and c of each unit; None is a missing value."""
    document = {
        "schema": "county-clusters/snapshot/1",
        "programme": "test",
        "programme_version": "1",
        "assessment_year": 2024,
        "data_year": 2023,
        "kind": "application",
        "cut_off": date(2024, 7, 1).isoformat(),
        "indicators": [{"code": code, "zh": code, "en": code, "unit": "家"} for code in "abc"],
        "units": [
            {
                "unit": unit,
                "name": f"{unit}产业集群",
                "county_code": COUNTIES[unit],
                "county_name": f"县{COUNTIES[unit]}",
                "division_path": _path(COUNTIES[unit]),
                "groups": (groups or {}).get(unit, {}),
                "facts": (facts or {}).get(unit, {}),
                "values": [_value(code, number) for code, number in sorted(values.items())],
            }
            for unit, values in sorted(units.items())
        ],
        **changed,
    }
    return Snapshot.of(document)


def _path(county: str) -> list[str]:
    return ["420000", county] if county.startswith("4290") else ["420000", CITY, county]


def _value(indicator: str, number: str | None) -> dict[str, Any]:
    state = "missing" if number is None else "zero" if number == "0" else "value"
    return {
        "indicator": indicator,
        "data_year": 2023,
        "state": state,
        "value": number,
        "definition": "",
        "provenance": "synthetic",
        "source": "test",
    }


class ScoringStory:
    """What people do in scoring, step by step, each by the right person."""

    def __init__(self, scoring: RunningService) -> None:
        self.scoring = scoring

    async def post(
        self, person: Person, path: str, body: Any = None, *, key: str | None = None
    ) -> httpx.Response:
        async with self.scoring.as_(person) as client:
            headers = {"Idempotency-Key": key or f"test-{uuid4()}"}
            return await client.post(f"/v1{path}", json=body, headers=headers)

    async def get(self, person: Person, path: str, **params: Any) -> httpx.Response:
        async with self.scoring.as_(person) as client:
            return await client.get(f"/v1{path}", params=params)

    async def on(self, day: str) -> None:
        async with self.scoring.as_(PIPELINE) as client:
            answer = await client.put("/v1/trial/business-date", json={"business_date": day})
            assert answer.status_code == 200, answer.text

    async def publish(self, document: dict[str, Any]) -> dict[str, Any]:
        drafted = await self.post(PROVINCE_OFFICER, "/scheme-versions", {"document": document})
        assert drafted.status_code == 201, drafted.text
        path = f"/scheme-versions/{document['id']}/{document['version']}/publication"
        published = await self.post(PROVINCE_DECIDER, path)
        assert published.status_code == 200, published.text
        body: dict[str, Any] = published.json()
        return body

    async def run(
        self, snapshot_sha256: str, *, scheme: str = "small", version: str = "1", **more: Any
    ) -> httpx.Response:
        body = {"scheme": scheme, "scheme_version": version, "snapshot_sha256": snapshot_sha256}
        return await self.post(PROVINCE_OFFICER, "/assessments", body, **more)

    async def decide(self, assessment: dict[str, Any], *, decided_on: str, **changed: Any) -> httpx.Response:
        body = {
            "release_sha256": assessment["current_sha256"],
            "document_number": f"鄂发改纪要〔2024〕{assessment['current_sha256'][-4:]}号",
            "decided_on": decided_on,
            "minutes": "会议审定",
            **changed,
        }
        return await self.post(PROVINCE_DECIDER, f"/assessments/{assessment['id']}/decision", body)

    async def release(self, sha256: str) -> dict[str, Any]:
        answer = await self.get(PROVINCE_OFFICER, f"/releases/{sha256}")
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body
