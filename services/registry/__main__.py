"""``python -m services.registry migrate | serve | openapi``."""

from services.registry.app import create_app
from services.registry.settings import RegistrySettings
from shared.web.service_main import EXAMPLE_SETTINGS, ServiceMain

if __name__ == "__main__":
    ServiceMain(
        "registry",
        "services.registry",
        RegistrySettings,
        create_app,
        lambda: RegistrySettings.model_validate({**EXAMPLE_SETTINGS, "release_jwks": "release-jwks.json"}),
    ).run()
