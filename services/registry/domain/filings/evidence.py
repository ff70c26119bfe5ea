"""Files that prove a filing's figures: attached by the county while it prepares, by reviewers until acceptance."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.registry.domain.filings.filing import Filing, FilingState, StepNotPossible
from shared.web.principals import Principal, Role

EvidenceKind = Literal["stamped_scan", "table", "contract", "certificate", "photo", "other"]


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """An uploaded file as evidence of a filing, or of one of its figures."""

    upload_id: UUID
    kind: EvidenceKind
    title: str
    indicator: str | None
    data_year: int | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Attached evidence with what is known of its file."""

    id: UUID
    filing_code: str
    upload_id: UUID
    kind: EvidenceKind
    title: str
    indicator: str | None
    data_year: int | None
    added_by: str
    recorded_at: datetime
    file_name: str
    file_kind: str
    bytes_: int
    sha256: str


def check_attachable(filing: Filing, *, giver: Principal) -> None:
    """Refuses evidence for an accepted filing, and that of the county after it has signed off."""
    closed = filing.state is FilingState.ACCEPTED
    if closed or (giver.has(Role.COUNTY_PREPARER) and filing.state is not FilingState.DRAFT):
        raise StepNotPossible("现在不能再附材料", "No more evidence can be attached now")
