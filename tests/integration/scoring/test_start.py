"""Scoring does not start without the key by which it signs."""

import json
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from services.scoring.app import create_app
from services.scoring.settings import ScoringSettings
from services.scoring.use_cases.releases.sign_release import SigningKeyUnusable
from tests.support.people import NOBODY, Issuer
from tests.support.services import RunningService, example_settings


def settings(folder: Path, issuer: Issuer, url: str, key: Path) -> ScoringSettings:
    return ScoringSettings.model_validate(
        example_settings(
            folder,
            issuer,
            url,
            signing_key_file=key,
            registry_url="http://registry",
            registry_token_file=folder / "token",
        )
    )


@pytest.mark.parametrize("content", [None, "{}", "no json", "public"])
async def test_without_a_private_key_the_service_does_not_start(
    scoring_url: str, issuer: Issuer, release_key: OKPKey, tmp_path: Path, content: str | None
) -> None:
    key = tmp_path / "key.json"
    if content is not None:
        key.write_text(json.dumps(release_key.as_dict(private=False)) if content == "public" else content)
    app = create_app(settings(tmp_path, issuer, scoring_url, key))
    with pytest.raises(SigningKeyUnusable, match="SCORING_SIGNING_KEY_FILE"):
        async with app.router.lifespan_context(app):
            pass
    await app.state.plumbing.database.close()


async def test_with_its_key_it_starts_and_publishes_the_public_half_only(
    scoring: RunningService,
) -> None:
    async with scoring.app.router.lifespan_context(scoring.app), scoring.as_(NOBODY) as client:
        assert (await client.get("/health/ready")).status_code == 200
        (key,) = (await client.get("/.well-known/jwks.json")).json()["keys"]
    assert key["kid"] == "test-release"
    assert "d" not in key
