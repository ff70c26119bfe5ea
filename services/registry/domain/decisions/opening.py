"""What was decided before the system: it enters once, by its own document, and never passes as a signed release."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.registry.domain.decisions.checks import NothingToOpen
from services.registry.domain.decisions.decision import Entry, Reason
from services.registry.domain.decisions.standings import Standing
from services.registry.domain.programme.designation_rules import DesignationRules
from shared.contracts.designation_set import DesignationStatus
from shared.errors import Item


@dataclass(frozen=True, slots=True)
class EarlierDesignation:
    """An entry of the register ``earlier-designations``. ``level``: null for the programme's first one."""

    cluster_code: str
    status: DesignationStatus
    level: str | None
    since: date
    document_number: str


def of_earlier(
    earlier: Sequence[EarlierDesignation],
    standings: Mapping[str, Standing],
    rules: DesignationRules,
    *,
    day: date,
) -> tuple[list[Entry], list[Item]]:
    """Those of clusters that no decision is about yet; and what stands against them."""
    new = [entry for entry in earlier if standings[entry.cluster_code].decided_on is None]
    if not new:
        raise NothingToOpen(
            "登记簿“系统启用前的认定”中没有尚未入账的内容", "No earlier designation is left to enter"
        )
    decided = [level.code for level in rules.ladder if level.given_by == "decision"]
    against = [
        Item(f"clusters.{entry.cluster_code}", "not-after", f"{entry.since} 晚于 {day}", f"is after {day}")
        for entry in new
        if entry.since > day
    ]
    against += [
        Item(
            f"clusters.{entry.cluster_code}",
            "level",
            f"本计划没有级别 {entry.level},可填:{'、'.join(decided)}",
            f"no decision gives a level {entry.level}; it is one of {', '.join(decided)}",
        )
        for entry in new
        if entry.level is not None and entry.level not in decided
    ]
    return [_entry(entry, entry.level or decided[0]) for entry in new], against


def _entry(earlier: EarlierDesignation, level: str) -> Entry:
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
        level=level,
        reasons=(reason,),
        since=earlier.since,
        document_number=earlier.document_number,
    )
