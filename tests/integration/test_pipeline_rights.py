"""What the service account of the yearly pipeline may do: what follows from rules and figures, and no decision."""

from typing import Final

import pytest

from shared.web.principals import Role
from tests.support.routes import operations
from tests.support.services import RunningService

#: Operations that change something, beside those of whoever runs the installation.
MAY: Final = {
    "registry": {"/v1/rounds/{code}/snapshots", "/v1/designation-decisions"},
    "scoring": {
        "/v1/assessments",
        "/v1/assessments/{assessment_id}/public-notice",
        "/v1/assessments/{assessment_id}/finalisation",
        "/v1/releases/{sha256}/robustness",
    },
    "funding": {
        "/v1/rounds",
        "/v1/rounds/{code}/simulations",
        "/v1/rounds/{code}/allocation",
        "/v1/rounds/{code}/proposal",
        "/v1/ledger/seals",
    },
}


@pytest.fixture(params=MAY)
def service(request: pytest.FixtureRequest) -> RunningService:
    found: RunningService = request.getfixturevalue(request.param)
    return found


def test_the_pipeline_may_do_what_follows_from_rules_and_nothing_else(service: RunningService) -> None:
    posts = {
        entry.path
        for entry in operations(service.app)
        if entry.method == "POST" and Role.PIPELINE in (entry.roles or ()) and entry.roles != frozenset(Role)
    }
    assert posts == MAY[service.name]
