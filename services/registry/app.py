"""The registry's application: who the clusters are, what they returned, what status they hold."""

from fastapi import FastAPI

from services.registry.api import routers
from services.registry.api.dependencies import RegistryState
from services.registry.settings import RegistrySettings
from shared.documents.keys import KeySource
from shared.settings import load_settings
from shared.web.asgi import Service, build_app


def create_app(settings: RegistrySettings | None = None) -> FastAPI:
    """Builds the application; without settings it reads them from the environment."""
    settings = settings or load_settings(RegistrySettings)
    release_keys = KeySource(settings.release_jwks, https_only=settings.mode == "production")
    service = Service(
        name="registry",
        package="services.registry",
        title="Registry · 县域特色产业集群登记",
        description=(
            "Divisions, programmes, clusters, applications, annual returns, snapshots and designations.\n\n"
            "区划、计划、集群、申报、年度填报、快照与认定。"
        ),
        routers=routers.ALL,
        tags=routers.TAGS,
        own=RegistryState(
            release_keys=release_keys,
            limits=settings.limits,
            public_max_age_seconds=settings.public_max_age_seconds,
        ),
        keys=[release_keys],
    )
    return build_app(service, settings)
