"""What a superseding release changed: the diff that goes with it."""

from dataclasses import dataclass

from shared.contracts.release import Release, ReleaseUnit


@dataclass(frozen=True, slots=True)
class Standing:
    score: str | None
    rank: int | None
    grade: str | None
    proposed_status: str
    removed: str | None


@dataclass(frozen=True, slots=True)
class UnitChange:
    """One unit before and after; None where the release does not have it."""

    unit: str
    name: str
    before: Standing | None
    after: Standing | None


def changes_between(before: Release, after: Release) -> tuple[UnitChange, ...]:
    """The units whose standing differs, by code."""
    old = {unit.unit: unit for unit in before.units}
    new = {unit.unit: unit for unit in after.units}
    changes: list[UnitChange] = []
    for code in sorted(old.keys() | new.keys()):
        was, now = _standing(old.get(code)), _standing(new.get(code))
        if was != now:
            changes.append(UnitChange(code, (new.get(code) or old[code]).name, was, now))
    return tuple(changes)


def notice_must_be_repeated(before: Release, after: Release) -> bool:
    """Whether somebody now stands on a list on which the public has not seen them.

    A unit that is only removed was seen on its list, so the running notice goes on.
    """
    return any(
        change.after is not None
        and change.after.removed is None
        and (change.before is None or change.before.proposed_status != change.after.proposed_status)
        for change in changes_between(before, after)
    )


def _standing(unit: ReleaseUnit | None) -> Standing | None:
    if unit is None:
        return None
    return Standing(unit.score, unit.rank, unit.grade, unit.outcomes.proposed_status, unit.removed)
