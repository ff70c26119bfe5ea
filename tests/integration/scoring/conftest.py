"""Scoring on its own database, with a shelf of snapshots in the registry's place."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from tests.support.people import Issuer
from tests.support.postgres import Server, cloned_database
from tests.support.scoring import ScoringStory, Shelf, running_scoring
from tests.support.services import RunningService


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def scoring_url(server: Server) -> Iterator[str]:
    with cloned_database(server, "scoring") as url:
        yield url


@pytest.fixture
async def scoring(
    scoring_url: str, issuer: Issuer, release_key: OKPKey, tmp_path: Path, shelf: Shelf
) -> AsyncIterator[RunningService]:
    async with running_scoring(tmp_path, issuer, scoring_url, release_key, shelf.transport) as running:
        yield running


@pytest.fixture
async def story(scoring: RunningService) -> ScoringStory:
    story = ScoringStory(scoring)
    await story.on("2024-08-20")
    return story
