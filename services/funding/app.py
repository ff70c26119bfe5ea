"""Funding's application: who gets what, why, and where the money is."""

from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from services.funding.api import routers
from services.funding.api.dependencies import FundingState
from services.funding.domain.orders.review_levels import ReviewLevels
from services.funding.settings import FundingSettings
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from shared.documents.keys import KeySource
from shared.http.client import token_from_file
from shared.http.registry import RegistryClient
from shared.http.scoring import ScoringClient
from shared.settings import load_settings
from shared.web.asgi import Service, build_app


@dataclass(frozen=True, slots=True)
class Transports:
    """Ways to the services below; tests put their real applications in the same process."""

    registry: httpx.AsyncBaseTransport | None = None
    scoring: httpx.AsyncBaseTransport | None = None


def create_app(settings: FundingSettings | None = None, *, transports: Transports | None = None) -> FastAPI:
    """Builds the application; without settings it reads them from the environment."""
    settings = settings or load_settings(FundingSettings)
    upstream = _upstream(settings, transports or Transports())
    service = Service(
        name="funding",
        package="services.funding",
        title="Funding · 激励资金与项目优先支持",
        description=(
            "Incentive rules, appropriations, allocation rounds, award lists, the ledger, bond priority.\n\n"
            "激励规则、预算安排、资金分配、奖励名单、账目、专项债优先支持。"
        ),
        routers=routers.ALL,
        tags=routers.TAGS,
        own=FundingState(upstream=upstream, levels=ReviewLevels(settings.second_review_from_fen)),
        keys=[upstream.release_keys],
        on_shutdown=[upstream.close],
    )
    return build_app(service, settings)


def _upstream(settings: FundingSettings, transports: Transports) -> Upstream:
    return Upstream(
        registry=RegistryClient(
            settings.registry_url,
            token_from_file(settings.registry_token_file),
            timeout_seconds=settings.upstream_timeout_seconds,
            attempts=settings.upstream_attempts,
            transport=transports.registry,
        ),
        scoring=ScoringClient(
            settings.scoring_url,
            token_from_file(settings.scoring_token_file),
            timeout_seconds=settings.upstream_timeout_seconds,
            attempts=settings.upstream_attempts,
            transport=transports.scoring,
        ),
        release_keys=KeySource(settings.release_jwks, https_only=settings.mode == "production"),
    )
