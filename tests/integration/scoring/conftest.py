"""What people do in scoring, from the day on which the tests begin."""

import pytest

from tests.support.scoring import ScoringStory
from tests.support.services import RunningService


@pytest.fixture
async def story(scoring: RunningService) -> ScoringStory:
    story = ScoringStory(scoring)
    await story.on("2024-08-20")
    return story
