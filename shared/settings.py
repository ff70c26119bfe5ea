"""What every service is told at its start, by environment variables with the service's own prefix.

A bad or missing setting stops the start with one clear line (``load_settings``).
"""

import sys
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

#: Where container engines put secrets: a file for each setting, such as `registry_database_url`.
SECRETS_FOLDER = Path("/run/secrets")

LOCAL_ISSUER = "urn:county-clusters:local-issuer"


class ServiceSettings(BaseSettings):
    """Settings common to the three services."""

    model_config = SettingsConfigDict(env_ignore_empty=True, extra="ignore")

    database_url: SecretStr = Field(
        description="PostgreSQL, as postgresql+asyncpg://user:password@host/database"
    )
    mode: Literal["trial", "production"] = Field(
        default="production", description="trial: a business date can be set and the local issuer is accepted"
    )
    business_date: date | None = Field(
        default=None, description="trial only: business date to start from where the database holds none"
    )
    division: str = Field(
        pattern=r"^[0-9]{6}$",
        description="the division that runs the installation, such as 420000: it alone watches over all of it",
    )
    auth_issuer: str = Field(description="`iss` of the access tokens to accept")
    auth_jwks: str = Field(description="keys of that issuer: path of a JWKS file, or an https address")

    pool_size: int = Field(default=5, ge=1, le=100, description="database connections held open")
    statement_timeout_seconds: int = Field(
        default=30, ge=1, description="a statement that runs longer is cancelled"
    )
    lock_timeout_seconds: int = Field(
        default=10, ge=1, description="a statement that waits longer for a lock is cancelled"
    )
    max_body_bytes: int = Field(
        default=8 * 1024 * 1024, ge=1024, description="a larger request body is refused"
    )
    seal_interval_seconds: float = Field(
        default=1.0, gt=0, description="how often new events are numbered and chained"
    )
    upstream_timeout_seconds: float = Field(
        default=10.0, gt=0, description="time limit of one call to another service"
    )
    upstream_attempts: int = Field(
        default=4, ge=1, le=10, description="tries of a repeatable call to another service"
    )

    @model_validator(mode="after")
    def _production_takes_no_trial_settings(self) -> "ServiceSettings":
        if self.mode == "production":
            if self.auth_issuer == LOCAL_ISSUER:
                raise ValueError("the local issuer is for trial only: set AUTH_ISSUER to your OIDC issuer")
            if self.business_date is not None:
                raise ValueError("BUSINESS_DATE is for trial only")
        return self


Settings = TypeVar("Settings", bound=ServiceSettings)


def load_settings(kind: type[Settings]) -> Settings:
    """The settings from the environment and from secret files; a clear line for each that is wrong, exit code 2."""
    try:
        return kind(_secrets_dir=SECRETS_FOLDER if SECRETS_FOLDER.is_dir() else None)
    except ValidationError as error:
        prefix = str(kind.model_config.get("env_prefix", ""))
        for problem in error.errors():
            name = prefix + "_".join(str(part) for part in problem["loc"]).upper()
            sys.stderr.write(f"设置有误 / bad setting {name.rstrip('_')}: {problem['msg']}\n")
        raise SystemExit(2) from None
