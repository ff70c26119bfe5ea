"""``python -m clients.pipeline migrate | serve | openapi``."""

from clients.pipeline.app import create_app
from clients.pipeline.settings import PipelineSettings
from shared.web.service_main import EXAMPLE_SETTINGS, ServiceMain

if __name__ == "__main__":
    upstream = {
        f"{name}_{what}": value
        for name in ("registry", "scoring", "funding")
        for what, value in (("url", f"http://{name}"), ("token_file", f"{name}-token"))
    }
    ServiceMain(
        "pipeline",
        "clients.pipeline",
        PipelineSettings,
        create_app,
        lambda: PipelineSettings.model_validate(EXAMPLE_SETTINGS | upstream),
    ).run()
