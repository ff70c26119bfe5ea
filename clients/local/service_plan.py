"""What each service is told at its start: its environment, its port, its files. One place for the three services and
the pipeline, which is their client and has an API and a database of its own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from clients.local.issuer import SERVICES, LocalIssuer, LocalKeys
from shared.settings import LOCAL_ISSUER
from shared.web.principals import Role

HOST = "127.0.0.1"
DEFAULT_PORT = 8710
SERVICE_UNIT = "county-clusters"
TOKEN_LIFETIME = timedelta(minutes=30)
TOKEN_RENEWAL = timedelta(minutes=10)

# Calls go downward only: who calls whom.
_CALLS = {
    "registry": (),
    "scoring": ("registry",),
    "funding": ("registry", "scoring"),
    "pipeline": ("registry", "scoring", "funding"),
}


@dataclass(frozen=True)
class ServicePlan:
    """One service to start."""

    name: str
    package: str
    port: int
    environment: Mapping[str, str]
    log_file: Path

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"


def plan_services(
    data_dir: Path,
    keys: LocalKeys,
    *,
    first_port: int,
    division: str,
    business_date: date | None,
    database_url: Callable[[str], str],
) -> list[ServicePlan]:
    """Services in the order of their start: whoever is called comes first."""
    urls = {name: f"http://{HOST}:{first_port + place}" for place, name in enumerate(SERVICES)}
    plans = []
    for place, name in enumerate(SERVICES):
        own = {
            "DATABASE_URL": given_database_url(name) or database_url(name),
            "MODE": "trial",
            "DIVISION": division,
            "AUTH_ISSUER": LOCAL_ISSUER,
            "AUTH_JWKS": str(keys.issuer.public_file),
        }
        if business_date is not None:
            own["BUSINESS_DATE"] = business_date.isoformat()
        if name == "scoring":
            own["SIGNING_KEY_FILE"] = str(keys.release.private_file)
        elif name != "pipeline":
            own["RELEASE_JWKS"] = str(keys.release.public_file)
        for callee in _CALLS[name]:
            own[f"{callee.upper()}_URL"] = urls[callee]
            own[f"{callee.upper()}_TOKEN_FILE"] = str(_token_file(data_dir, name, callee))
        plans.append(
            ServicePlan(
                name=name,
                package="clients.pipeline" if name == "pipeline" else f"services.{name}",
                port=first_port + place,
                environment=_inherited(name) | {f"{name.upper()}_{key}": value for key, value in own.items()},
                log_file=data_dir / "logs" / f"{name}.log",
            )
        )
    return plans


def given_database_url(name: str) -> str | None:
    """A real server named in the environment takes the place of the embedded one."""
    return os.environ.get(f"{name.upper()}_DATABASE_URL") or None


def service_tokens(
    keys: LocalKeys, *, division: str, lifetime: timedelta = TOKEN_LIFETIME
) -> Iterator[tuple[str, str, str]]:
    """Caller, callee and token for each arrow between services."""
    issuer = LocalIssuer(keys.issuer)
    for caller, callees in _CALLS.items():
        for callee in callees:
            token = issuer.mint(
                subject=caller,
                name=caller,
                roles=[Role.PIPELINE if caller == "pipeline" else Role.SERVICE],
                division=division,
                unit=SERVICE_UNIT,
                audience=[callee],
                lifetime=lifetime,
            )
            yield caller, callee, token


def renew_service_tokens(data_dir: Path, keys: LocalKeys, *, division: str) -> None:
    """One short-lived token for each arrow between services, swapped in whole: readers never see half."""
    for caller, callee, token in service_tokens(keys, division=division):
        file = _token_file(data_dir, caller, callee)
        fresh = file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600)
        fresh.write_text(token, encoding="ascii")
        fresh.replace(file)


def _token_file(data_dir: Path, caller: str, callee: str) -> Path:
    return data_dir / "run" / f"{caller}-to-{callee}.token"


def _inherited(name: str) -> dict[str, str]:
    """Our environment without the other services' settings: a service must not see their passwords."""
    others = tuple(f"{other.upper()}_" for other in SERVICES if other != name)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(others)}
    return {**kept, "PYTHONUNBUFFERED": "1"}
