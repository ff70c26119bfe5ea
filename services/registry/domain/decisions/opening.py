"""What was decided before the system: it enters once, by its own document, and never passes as a signed release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.registry.domain.decisions.checks import NothingToOpen
from services.registry.domain.decisions.decision import Entry, Reason
from services.registry.domain.decisions.proposing import Standing
from shared.contracts.designation_set import DesignationStatus
from shared.errors import Item


@dataclass(frozen=True, slots=True)
class EarlierDesignation:
    """An entry of the register ``earlier-designations``."""

    cluster_code: str
    status: DesignationStatus
    since: date
    document_number: str


def of_earlier(
    earlier: Sequence[EarlierDesignation], standings: Mapping[str, Standing], *, day: date
) -> tuple[list[Entry], list[Item]]:
    """Those of clusters that no decision is about yet; and what stands against them."""
    new = [entry for entry in earlier if standings[entry.cluster_code].decided_on is None]
    if not new:
        raise NothingToOpen(
            "登记簿“系统启用前的认定”中没有尚未入账的内容", "No earlier designation is left to enter"
        )
    late = [
        Item(f"clusters.{entry.cluster_code}", "not-after", f"{entry.since} 晚于 {day}", f"is after {day}")
        for entry in new
        if entry.since > day
    ]
    return [_entry(entry) for entry in new], late


def _entry(earlier: EarlierDesignation) -> Entry:
    reason = Reason(
        "before-the-system",
        f"系统启用前已定,文号 {earlier.document_number}",
        f"Decided before the system by {earlier.document_number}",
    )
    return Entry(
        cluster_code=earlier.cluster_code,
        basis="earlier",
        release_sha256=None,
        before=None,
        by_rule=earlier.status,
        status=earlier.status,
        reasons=(reason,),
        since=earlier.since,
        document_number=earlier.document_number,
    )
