"""Settings of the pipeline, from ``PIPELINE_...`` environment variables."""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from shared.calendar.holiday_calendar import holiday_calendar
from shared.settings import Address, ServiceSettings


class PipelineSettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="PIPELINE_", extra="ignore")

    registry_url: Address = Field(description="address of the registry")
    registry_token_file: Path = Field(
        description="the pipeline's access token for the registry, read for each use"
    )
    scoring_url: Address = Field(description="address of scoring")
    scoring_token_file: Path = Field(description="the pipeline's access token for scoring, read for each use")
    funding_url: Address = Field(description="address of funding")
    funding_token_file: Path = Field(description="the pipeline's access token for funding, read for each use")
    holidays_file: Path | None = Field(
        default=None, description="holiday arrangements that the installed calendar does not know yet (YAML)"
    )
    workers: int = Field(
        default=1,
        ge=0,
        le=4,
        description="workers in this process; 0 where others, or an engine, drive the cycles",
    )
    poll_seconds: float = Field(default=5.0, gt=0, le=600, description="how often a cycle is looked at")

    @field_validator("holidays_file")
    @classmethod
    def _holidays_can_be_read(cls, file: Path | None) -> Path | None:
        holiday_calendar(file)
        return file
