"""Settings of funding, from ``FUNDING_...`` environment variables."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import Address, KeysLocation, ServiceSettings


class FundingSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="FUNDING_", extra="ignore")

    release_jwks: KeysLocation = Field(
        description="keys by which releases are signed: path of a JWKS file, or an https address"
    )
    registry_url: Address = Field(description="address of the registry")
    registry_token_file: Path = Field(
        description="this service's access token for the registry, read for each use"
    )
    scoring_url: Address = Field(description="address of scoring")
    scoring_token_file: Path = Field(description="this service's access token for scoring, read for each use")
    second_review_from_fen: int | None = Field(
        default=None,
        ge=1,
        description="from this amount on a list or a fund order needs the approval of two people; empty: one suffices",
    )
