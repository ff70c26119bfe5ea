"""The province at work: programme loaded, two clusters of 曾都, a desk for each of its people."""

from dataclasses import dataclass

import pytest

from tests.support.register_story import RegisterStory
from tests.support.registry_story import RegistryStory, load_programme, ok
from tests.support.services import RunningService
from tests.support.strangers_fixture import its_services, strangers_ask

__all__ = ["its_services", "strangers_ask"]


@dataclass
class Province:
    desk: RegisterStory
    story: RegistryStory
    first: str
    second: str


@pytest.fixture
async def province(registry: RunningService) -> Province:
    await load_programme(registry)
    story = RegistryStory(registry)
    first, second = [ok(await story.register(name))["code"] for name in ("专用汽车产业集群", "香菇产业集群")]
    return Province(RegisterStory(registry), story, first, second)
