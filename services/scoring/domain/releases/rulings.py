"""When an objection may be ruled on, by whom, and what an upheld one is remedied by."""

from services.scoring.domain.refusals import (
    CorrectionChangesNothing,
    ObjectionAlreadyRuled,
    ObjectorCannotRule,
    RemedyDoesNotFitRuling,
    SnapshotIsOfAnotherRound,
)
from shared.contracts.release import Release
from shared.contracts.snapshot import Snapshot


def require_remedy(*, upheld: bool, remedied: bool) -> None:
    if upheld != remedied:
        raise RemedyDoesNotFitRuling(
            "异议成立须给出处理措施,不成立则不得给出",
            "An upheld objection has a remedy, a rejected one has none",
        )


def require_rulable(number: int, *, ruled: bool, filed_by: str, person: str) -> None:
    if ruled:
        raise ObjectionAlreadyRuled(f"异议{number}号已处理", f"Objection {number} has its ruling")
    if filed_by == person:
        raise ObjectorCannotRule(
            "提出异议的人不能处理自己的异议", "Who objected cannot rule on the objection"
        )


def require_restated(before: Release, snapshot: Snapshot) -> None:
    """A correction rests on the same round with the same units, and with other figures."""
    same = all(
        getattr(before, name) == getattr(snapshot, name)
        for name in ("programme", "assessment_year", "data_year", "kind")
    )
    if not same or [u.unit for u in before.units] != [u.unit for u in snapshot.units]:
        raise SnapshotIsOfAnotherRound(
            "更正快照须属于同一轮评估且集群相同",
            "A restated snapshot is of the same round with the same units",
        )
    if before.snapshot_sha256 == snapshot.sha256:
        raise CorrectionChangesNothing(
            "更正快照与原快照相同", "The restated snapshot is the one assessed already"
        )
