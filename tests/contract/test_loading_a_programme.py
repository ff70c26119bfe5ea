"""`clusters load` on a programme's folder: a year's calendar comes after the programme, and a new year by itself."""

import csv
import shutil
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest
import yaml
from joserfc.jwk import OKPKey

from clients.programme.folder import ProgrammeFolder, ProgrammeFolderUnusable, default_programme_folder
from clients.programme.loading import load_registry, take_over_recodes
from shared.http.registry import RegistryClient
from shared.http.scoring import ScoringClient
from tests.support.people import AUDITOR, PROVINCE_OFFICER, Issuer
from tests.support.recodes import recoded
from tests.support.registry_story import ok, set_business_date
from tests.support.scoring import running_scoring
from tests.support.services import RunningService

CODE = "hubei-county-clusters"
BEFORE, AFTER = date(2024, 6, 3), date(2025, 2, 10)


@pytest.fixture
def folder(tmp_path: Path) -> ProgrammeFolder:
    """The programme of Hubei with a second year, whose document is public since 10 February 2025."""
    path = tmp_path / "programme"
    shutil.copytree(default_programme_folder(), path)
    second = {
        **ProgrammeFolder(path).calendars[0],
        "assessment_year": 2025,
        "version": "2025.1",
        "document_number": "鄂发改县域〔2025〕1号",
        "published_on": AFTER.isoformat(),
        "rounds": [
            {
                "code": "2025-assessment",
                "kind": "assessment",
                "data_year": 2024,
                "opens_on": "2025-03-01",
                "closes_on": "2025-04-30",
                "cut_off": "2025-05-31",
                "label": "illustrative",
            }
        ],
    }
    for later in path.glob("calendar-202[5-9].yaml"):
        later.unlink()
    (path / "calendar-2025.yaml").write_text(yaml.safe_dump(second, allow_unicode=True), "utf-8")
    return ProgrammeFolder(path)


@pytest.fixture
async def scoring(
    scoring_url: str, registry: RunningService, issuer: Issuer, release_key: OKPKey, tmp_path: Path
) -> AsyncIterator[RunningService]:
    async with running_scoring(tmp_path, issuer, scoring_url, release_key, registry.transport) as running:
        yield running


async def test_a_recode_to_come_is_loaded_on_its_day_and_told_to_the_others(
    registry: RunningService, scoring: RunningService, folder: ProgrammeFolder
) -> None:
    rows = recoded("421321", "421382", since=AFTER.isoformat(), name="随县市", listed=folder.divisions)
    with (folder.path / "reference" / "divisions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    changed = ProgrammeFolder(folder.path)
    officer = RegistryClient(
        "http://registry", registry.token_source(PROVINCE_OFFICER), transport=registry.transport, attempts=1
    )
    assessing = ScoringClient(
        "http://scoring", scoring.token_source(PROVINCE_OFFICER), transport=scoring.transport, attempts=1
    )
    for day, told in ((BEFORE, []), (AFTER, ["421321"]), (AFTER, [])):
        await set_business_date(registry, day.isoformat())
        await load_registry(officer, changed, on=day)
        assert await take_over_recodes(officer, assessing) == told
    assert await assessing.division_recodes() == await officer.division_recodes() != []


async def test_a_new_year_opens_under_the_same_programme_version(
    registry: RunningService, folder: ProgrammeFolder
) -> None:
    officer = RegistryClient(
        "http://registry", registry.token_source(PROVINCE_OFFICER), transport=registry.transport, attempts=1
    )
    await set_business_date(registry, BEFORE.isoformat())
    (to_come,) = await load_registry(officer, folder, on=BEFORE)
    assert to_come["assessment_year"] == 2025
    await set_business_date(registry, AFTER.isoformat())
    for _ in range(2):  # the same content again is no change
        assert await load_registry(officer, folder, on=AFTER) == []
    async with registry.as_(AUDITOR) as client:
        calendars = ok(await client.get("/v1/calendars"))["items"]
        rounds = ok(await client.get("/v1/rounds"))["rounds"]
    version = folder.programme["version"]
    assert [(entry["assessment_year"], entry["number"]) for entry in calendars] == [(2024, 1), (2025, 1)]
    assert {entry["version"] for entry in rounds} == {version}
    assert {entry["code"]: entry["closes_on"] for entry in rounds} == {
        code: folder.round(code)["closes_on"] for code in ("2024-application", "2025-assessment")
    }


def test_a_round_that_no_calendar_has_is_named(folder: ProgrammeFolder) -> None:
    with pytest.raises(ProgrammeFolderUnusable, match="2031-application"):
        folder.round("2031-application")
