"""``python -m services.funding migrate | serve | openapi``."""

from services.funding.app import create_app
from services.funding.settings import FundingSettings
from shared.web.service_main import EXAMPLE_SETTINGS, ServiceMain

if __name__ == "__main__":
    ServiceMain(
        "funding",
        "services.funding",
        FundingSettings,
        create_app,
        lambda: FundingSettings.model_validate(
            {
                **EXAMPLE_SETTINGS,
                "release_jwks": "release-jwks.json",
                "registry_url": "http://registry",
                "registry_token_file": "registry-token",
                "scoring_url": "http://scoring",
                "scoring_token_file": "scoring-token",
            }
        ),
    ).run()
