"""Settings of scoring, from ``SCORING_...`` environment variables."""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from shared.calendar.holiday_calendar import holiday_calendar
from shared.settings import Address, ServiceSettings


class ScoringSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="SCORING_", extra="ignore")

    signing_key_file: Path = Field(description="private Ed25519 key (JWK) by which releases are signed")
    registry_url: Address = Field(description="address of the registry")
    registry_token_file: Path = Field(
        description="this service's access token for the registry, read for each use"
    )
    holidays_file: Path | None = Field(
        default=None, description="holiday arrangements that the installed calendar does not know yet (YAML)"
    )
    robustness_lease_seconds: int = Field(
        default=30,
        ge=1,
        le=3600,
        description="after how long another worker takes up the job of one that died",
    )
    public_max_age_seconds: int = Field(
        default=300, ge=0, le=86_400, description="for so long a cache keeps what the public reads"
    )

    @field_validator("holidays_file")
    @classmethod
    def _holidays_can_be_read(cls, file: Path | None) -> Path | None:
        holiday_calendar(file)
        return file
