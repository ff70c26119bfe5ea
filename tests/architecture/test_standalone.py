"""A service needs `shared/` and nothing else of the repository."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

START = """
import asyncio, httpx, pathlib, sys
import {folder}, shared
here = pathlib.Path.cwd()
for package in ({folder}, shared):
    assert all(pathlib.Path(path).is_relative_to(here) for path in package.__path__), package.__path__
from {folder}.{name}.app import create_app
from fastapi import FastAPI

async def ask(app: FastAPI) -> None:
    async with app.router.lifespan_context(app):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
            answer = await client.get("/health/live")
            print(answer.status_code, answer.json()["service"])

asyncio.run(ask(create_app()))
"""


@pytest.mark.parametrize(
    ("folder", "name"),
    [("services", "registry"), ("services", "scoring"), ("services", "funding"), ("clients", "pipeline")],
)
def test_shared_and_one_service_in_an_empty_folder_start(folder: str, name: str, tmp_path: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "shared", tmp_path / "shared", ignore=ignore)
    shutil.copytree(ROOT / folder / name, tmp_path / folder / name, ignore=ignore)
    shutil.copy(ROOT / folder / "__init__.py", tmp_path / folder)
    key = tmp_path / "key.jwk"
    key.write_text('{"kty":"OKP","crv":"Ed25519","kid":"k","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",'
                   '"d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"}')  # fmt: skip
    prefix = name.upper()
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(tmp_path),
        f"{prefix}_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:1/none",
        f"{prefix}_MODE": "trial",
        f"{prefix}_DIVISION": "420000",
        f"{prefix}_AUTH_ISSUER": "urn:county-clusters:local-issuer",
        f"{prefix}_AUTH_JWKS": "jwks.json",
        f"{prefix}_RELEASE_JWKS": "release-jwks.json",
        f"{prefix}_SIGNING_KEY_FILE": str(key),
        f"{prefix}_REGISTRY_URL": "http://127.0.0.1:1",
        f"{prefix}_SCORING_URL": "http://127.0.0.1:1",
        f"{prefix}_FUNDING_URL": "http://127.0.0.1:1",
        f"{prefix}_REGISTRY_TOKEN_FILE": "token",
        f"{prefix}_SCORING_TOKEN_FILE": "token",
        f"{prefix}_FUNDING_TOKEN_FILE": "token",
    }
    answer = subprocess.run(
        [sys.executable, "-c", START.format(folder=folder, name=name)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.stdout.strip() == f"200 {name}", answer.stderr
