"""A database that is away is said to be away; nothing else is taken for that."""

from pathlib import Path

import pytest

from services.registry.app import create_app
from services.registry.settings import RegistrySettings
from shared.errors import UpstreamUnavailable
from shared.http.client import token_from_file
from tests.support.people import AUDITOR, Issuer
from tests.support.services import RunningService, closing, example_settings


@pytest.mark.parametrize("where", ["127.0.0.1:1", "/registry?host=/nonexistent-folder"])
async def test_a_database_that_cannot_be_reached_is_503(where: str, issuer: Issuer, tmp_path: Path) -> None:
    url = f"postgresql+asyncpg://registry:x@{where}" + ("/registry" if ":" in where else "")
    settings = RegistrySettings.model_validate(
        example_settings(tmp_path, issuer, url, release_jwks=str(tmp_path / "keys.json"))
    )
    async with (
        closing(create_app(settings)) as app,
        RunningService("registry", app, issuer).as_(AUDITOR) as client,
    ):
        answer = await client.get("/v1/events")
        assert answer.status_code == 503, answer.text
        assert answer.json()["type"] == "urn:county-clusters:problem:database-unavailable"
        assert answer.headers["retry-after"] == "5"
        ready = await client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (503, "database unavailable")
        assert (await client.get("/health/live")).status_code == 200


def test_a_missing_token_file_is_not_taken_for_a_missing_database(tmp_path: Path) -> None:
    with pytest.raises(UpstreamUnavailable):
        token_from_file(tmp_path / "none")()
