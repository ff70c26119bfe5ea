"""``python -m services.scoring migrate | serve | openapi``."""

from services.scoring.app import create_app
from services.scoring.settings import ScoringSettings
from shared.web.service_main import EXAMPLE_SETTINGS, ServiceMain

if __name__ == "__main__":
    ServiceMain(
        "scoring",
        "services.scoring",
        ScoringSettings,
        create_app,
        lambda: ScoringSettings.model_validate(
            {
                **EXAMPLE_SETTINGS,
                "signing_key_file": "release-key.json",
                "registry_url": "http://registry",
                "registry_token_file": "registry-token",
            }
        ),
    ).run()
