"""Releases as scoring would sign them."""

from datetime import date
from typing import Any

from shared.contracts.release import Decision, Notice, Outcomes, Release, ReleaseUnit, SchemeReference


def final_release(*units: tuple[str, str], stage: str = "final", **changed: Any) -> Release:
    """A release as scoring would sign it; each unit with the status that it proposes."""
    final = stage == "final"
    fields: dict[str, Any] = {
        "stage": stage,
        "programme": "hubei-county-clusters",
        "programme_version": "2024.1",
        "assessment_year": 2024,
        "data_year": 2023,
        "kind": "application",
        "number": 1,
        "supersedes": None,
        "scheme": SchemeReference(id="s", version="1", sha256="sha256:" + "2" * 64),
        "snapshot_sha256": "sha256:" + "1" * 64,
        "proposed_sha256": "sha256:" + "3" * 64 if final else None,
        "decision": Decision(document_number="纪要1", decided_on=date(2024, 9, 2)) if final else None,
        "notice": Notice(starts_on=date(2024, 9, 4), ends_on=date(2024, 9, 10), days=7, day_kind="calendar")
        if final
        else None,
        "objections": (),
        "units": tuple(_unit(code, status, rank) for rank, (code, status) in enumerate(units, start=1)),
        **changed,
    }
    return Release(**fields)


def _unit(code: str, status: str, rank: int) -> ReleaseUnit:
    return ReleaseUnit(
        unit=code,
        name="集群",
        county_code=code[:6],
        county_name="县",
        division_path=("420000", code[:6]),
        score="80",
        rank=rank,
        grade="良好",
        outcomes=Outcomes(eligible=True, developing_well=True, proposed_status=status),
        removed=None,
        contributions=(),
    )
