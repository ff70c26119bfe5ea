"""Settings of the pipeline, from ``PIPELINE_...`` environment variables."""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from clients.pipeline.notices.addresses import read_addresses
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

    smtp_host: str | None = Field(
        default=None, description="mail server for notices; empty: notices stand in the event feed alone"
    )
    smtp_port: int = Field(default=465, ge=1, le=65_535, description="its port")
    smtp_security: Literal["tls", "starttls", "none"] = Field(
        default="tls", description="how the connection is secured; none is refused in production"
    )
    smtp_user: str | None = Field(default=None, description="who hands mail in; empty: without signing in")
    smtp_password: SecretStr | None = Field(default=None, description="that user's password")
    smtp_from: str | None = Field(
        default=None, description="sender of the notices; needed with a mail server"
    )
    notice_addresses_file: Path | None = Field(
        default=None, description="who gets notices: the addresses of each role (YAML)"
    )

    @field_validator("notice_addresses_file")
    @classmethod
    def _addresses_can_be_read(cls, file: Path | None) -> Path | None:
        if file is not None:
            read_addresses(file)
        return file

    @model_validator(mode="after")
    def _mail_is_whole_and_safe(self) -> "PipelineSettings":
        if self.smtp_host is not None and (self.smtp_from is None or self.notice_addresses_file is None):
            raise ValueError(
                "SMTP_HOST 须与 SMTP_FROM 和 NOTICE_ADDRESSES_FILE 一起设置 / "
                "takes SMTP_FROM and NOTICE_ADDRESSES_FILE, too"
            )
        if self.mode == "production" and self.smtp_host is not None and self.smtp_security == "none":
            raise ValueError("SMTP_SECURITY：正式运行时须加密 / mail must be encrypted in production")
        return self

    @field_validator("holidays_file")
    @classmethod
    def _holidays_can_be_read(cls, file: Path | None) -> Path | None:
        holiday_calendar(file)
        return file
