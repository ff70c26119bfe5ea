"""What an application holds while it runs: the plumbing that every service has, and what only one service has."""

from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request

from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.data.division_recodes import Recodes
from shared.settings import ServiceSettings
from shared.web.tokens.lookups import Lookup
from shared.web.tokens.verifier import TokenVerifier

Own = TypeVar("Own")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plumbing:
    """What every service needs to answer a request."""

    service: str
    package: str
    settings: ServiceSettings
    database: Database
    clock: BusinessClock
    verifier: TokenVerifier
    revoked_tokens: Lookup[frozenset[str]]
    recodes: Lookup[Recodes]


def plumbing_of(request: Request) -> Plumbing:
    plumbing = request.app.state.plumbing
    assert isinstance(plumbing, Plumbing)  # noqa: S101  build_app has put it there
    return plumbing


def own_state(request: Request, kind: type[Own]) -> Own:
    """What only this service has, as its application was built with it."""
    own = request.app.state.own
    assert isinstance(own, kind)  # noqa: S101  as above
    return own
