"""The pipeline's real application on the fake office."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from clients.pipeline.app import create_app
from clients.pipeline.domain.plan import Plan
from clients.pipeline.loop.pipeline import RoundDates
from clients.pipeline.settings import PipelineSettings
from shared.http.client import ServiceProblem
from shared.http.registry.programmes import ProgrammeView
from tests.support.people import HUBEI, Issuer
from tests.support.pipeline.office import Office
from tests.support.pipeline.story import ROUNDS, Story, deeds_of
from tests.support.services import RunningService, closing, example_settings

UPSTREAM = {
    f"{name}_{what}": value
    for name in ("registry", "scoring", "funding")
    for what, value in (("url", f"http://{name}"), ("token_file", f"{name}-token"))
}


class OfficeWorld:
    """The office in the place of all three services; every programme is Hubei's, but for Hunan's."""

    scoring = funding = None

    def __init__(self, office: Office) -> None:
        self.office = office

    @property
    def registry(self) -> "OfficeWorld":
        return self

    async def programme(self, code: str) -> ProgrammeView:
        self.office.ask()
        if code == "unpublished":
            raise ServiceProblem("registry", 404, {})
        return ProgrammeView(programme=code, division_code="430000" if code == "hunan" else HUBEI)

    async def send(self, *sent: Any) -> tuple[int, bytes]:
        return await self.office.send(*sent)

    async def rounds(self, _plan: Plan) -> RoundDates:
        self.office.ask()
        return ROUNDS

    async def close(self) -> None:
        """Nothing is open."""


@asynccontextmanager
async def running_pipeline(
    folder: Path, issuer: Issuer, database_url: str, office: Office
) -> AsyncIterator[RunningService]:
    """Without workers: a test ticks by itself."""
    settings = example_settings(
        folder, issuer, database_url, **UPSTREAM, workers=0, business_date="2024-06-03"
    )
    app = create_app(
        PipelineSettings.model_validate(settings), world=OfficeWorld(office), stages=deeds_of(office)
    )
    async with closing(app) as used:
        yield RunningService("pipeline", used, issuer)


def story_of(running: RunningService, office: Office) -> Story:
    """The same cycle seen from within."""
    return Story(running.database, office)
