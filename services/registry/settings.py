"""Settings of the registry, from ``REGISTRY_...`` environment variables."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class RegistrySettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="REGISTRY_", extra="ignore")

    release_jwks: str = Field(
        description="keys by which releases are signed: path of a JWKS file, or an https address"
    )
