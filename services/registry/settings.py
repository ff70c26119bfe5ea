"""Settings of the registry, from ``REGISTRY_...`` environment variables."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from services.registry.domain.registers.limits import Limits
from shared.settings import KeysLocation, ServiceSettings


class RegistrySettings(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="REGISTRY_", extra="ignore")

    release_jwks: KeysLocation = Field(
        description="keys by which releases are signed: path of a JWKS file, or an https address"
    )
    max_part_bytes: int = Field(
        default=4 * 1024 * 1024, ge=1024, description="a larger part of an uploaded file is refused"
    )
    max_import_bytes: int = Field(
        default=512 * 1024 * 1024, ge=1024, description="a larger spreadsheet is refused"
    )
    max_evidence_bytes: int = Field(
        default=50 * 1024 * 1024, ge=1024, description="a larger evidence file is refused"
    )
    max_import_rows: int = Field(default=2_000_000, ge=1, description="a file with more rows is refused")
    max_marked_rows: int = Field(
        default=20_000, ge=1, description="up to so many rows problems come back in the marked workbook"
    )
    max_problems: int = Field(
        default=200_000, ge=1, description="so many problems of one file are listed; all are counted"
    )
    import_timeout_seconds: int = Field(
        default=1_800, ge=1, description="an import that runs longer is cancelled"
    )
    max_export_rows: int = Field(default=200_000, ge=1, description="rows of one exported workbook")
    public_max_age_seconds: int = Field(
        default=300, ge=0, le=86_400, description="for so long a cache keeps what the public reads"
    )

    @property
    def limits(self) -> Limits:
        return Limits(
            part_bytes=self.max_part_bytes,
            import_bytes=self.max_import_bytes,
            evidence_bytes=self.max_evidence_bytes,
            import_rows=self.max_import_rows,
            marked_rows=self.max_marked_rows,
            problems=self.max_problems,
            import_timeout_seconds=self.import_timeout_seconds,
            export_rows=self.max_export_rows,
        )
