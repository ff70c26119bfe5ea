"""What every service is told at its start, by environment variables with the service's own prefix.

A bad or missing setting stops the start with one clear line (``load_settings``).
"""

import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

#: Where container engines put secrets: a file for each setting, such as `registry_database_url`.
SECRETS_FOLDER = Path("/run/secrets")

LOCAL_ISSUER = "urn:county-clusters:local-issuer"
#: The longest lifetime of an access token that production may be told to accept.
LONGEST_TOKEN_SECONDS: Final = 86_400


def _address(text: str) -> str:
    """An http(s) address without user, query or fragment; what is put behind it begins with a slash."""
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname or text != text.strip():
        raise ValueError(f"{text!r} 不是网址 / is not an http(s) address")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("网址不得含用户、查询或片段 / an address without user, query and fragment is needed")
    return text.rstrip("/")


def _keys_location(text: str) -> str:
    """An http(s) address, or else the path of a file."""
    if "://" in text:
        _address(text)
    return text


def _origin(text: str) -> str:
    """An origin as browsers send it (RFC 6454): scheme, host and port, without any path."""
    parts = urlsplit(_address(text))
    if parts.path or text != f"{parts.scheme}://{parts.netloc.lower()}":
        raise ValueError(f"{text!r} 不是来源 / is not an origin, such as https://console.example")
    return text


def _listed(given: object) -> object:
    """In a variable a list is written with commas."""
    return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


#: The address of a service.
Address = Annotated[str, AfterValidator(_address)]
#: Where keys lie: the path of a JWKS file, or the address of one.
KeysLocation = Annotated[str, AfterValidator(_keys_location)]
Origins = Annotated[tuple[Annotated[str, AfterValidator(_origin)], ...], NoDecode, BeforeValidator(_listed)]


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
    auth_metadata: Address | None = Field(
        default=None,
        description="address of that issuer's metadata (OpenID Connect Discovery or RFC 8414), which names where its "
        "keys are; this or the next",
    )
    auth_jwks: KeysLocation | None = Field(
        default=None, description="keys of that issuer: path of a JWKS file, or an https address"
    )
    auth_max_token_seconds: int = Field(
        default=43_200,
        ge=60,
        le=30 * 86_400,
        description="an access token that is valid for longer, from `iat` to `exp`, is refused; production takes at "
        f"most {LONGEST_TOKEN_SECONDS}",
    )
    public_url: Address | None = Field(
        default=None,
        description="address at which clients reach this service, put before links to further pages; empty: such "
        "links are the path alone",
    )
    cors_origins: Origins = Field(
        default=(),
        description="origins whose web pages may call this service, with commas between; empty: none",
    )

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

    @property
    def auth_keys(self) -> str:
        """Where the issuer's keys are found: its metadata, its key set, or a file."""
        return self.auth_metadata or self.auth_jwks or ""

    @model_validator(mode="after")
    def _keys_are_found_in_one_way(self) -> "ServiceSettings":
        if (self.auth_metadata is None) == (self.auth_jwks is None):
            raise ValueError(
                "AUTH_METADATA 与 AUTH_JWKS 须且只须设一个 / set one of AUTH_METADATA and AUTH_JWKS, and not both"
            )
        return self

    @model_validator(mode="after")
    def _production_takes_no_trial_settings(self) -> "ServiceSettings":
        if self.mode == "production":
            if self.auth_issuer == LOCAL_ISSUER:
                raise ValueError("the local issuer is for trial only: set AUTH_ISSUER to your OIDC issuer")
            if self.business_date is not None:
                raise ValueError("BUSINESS_DATE is for trial only")
            if self.auth_max_token_seconds > LONGEST_TOKEN_SECONDS:
                raise ValueError(
                    f"AUTH_MAX_TOKEN_SECONDS：正式运行时不超过 {LONGEST_TOKEN_SECONDS} / "
                    f"is at most {LONGEST_TOKEN_SECONDS} in production"
                )
        return self

    @model_validator(mode="after")
    def _production_takes_https_only(self) -> "ServiceSettings":
        """Over plain HTTP somebody between could give us keys, read our tokens or change what a service answers."""
        if self.mode == "production":
            if not _is_https(self.auth_issuer):
                raise ValueError(
                    "AUTH_ISSUER：正式运行时须以 https:// 开头 / must begin with https:// in production"
                )
            plain = sorted({name for name, text in self._texts() if "://" in text and not _is_https(text)})
            if plain:
                names = ", ".join(name.upper() for name in plain)
                raise ValueError(
                    f"{names}：正式运行时只接受 https 地址 / production takes https addresses only"
                )
        return self

    def _texts(self) -> Iterator[tuple[str, str]]:
        """Every text among the settings, so that no address that is added later is forgotten; secrets are none."""
        for name in type(self).model_fields:
            value = getattr(self, name)
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    yield name, text


def _is_https(text: str) -> bool:
    return text.lower().startswith("https://")


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
