"""Recodes (撤县设市, 撤县设区, change of city): what a new list of divisions changes about codes that hold today."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from services.registry.domain.divisions import Division, Divisions, DivisionsInconsistent
from shared.errors import Item


@dataclass(frozen=True, slots=True)
class NewRecode:
    """``kept_code``: under which the things of the successor are kept from now on."""

    code: str
    successor_code: str
    kept_code: str
    holds_from: date


def recodes_of(
    before: Divisions, listed: Sequence[Division], *, recorded: Collection[str], today: date
) -> list[NewRecode]:
    """What the list retires of the codes that are kept; ``recorded`` are recodes of before.

    A code that comes with its successor from the start is history: nothing was ever kept under it.
    """
    items: list[Item] = []
    found: list[tuple[int, Division]] = []
    for row, entry in enumerate(listed, start=1):
        known = before.get(entry.code)
        if known is None or (known.valid_to, known.successor_code) == (entry.valid_to, entry.successor_code):
            continue
        if entry.code in recorded:
            items.append(
                _item(
                    row,
                    "valid_to",
                    "recode-stands",
                    "该区划变更已登记,不能更改",
                    "its recode is entered and stands",
                )
            )
        elif known.valid_to is None:
            items += _against(row, entry, today)
            found.append((row, entry))
    if items:
        raise DivisionsInconsistent(
            f"区划变更有 {len(items)} 处错误", f"The recodes have {len(items)} error(s)", items=items
        )
    return _with_kept_codes(before, [entry for _, entry in found])


def _against(row: int, entry: Division, today: date) -> list[Item]:
    if entry.successor_code is None:
        return [
            _item(
                row,
                "successor_code",
                "successor-needed",
                f"{entry.code} {entry.name} 停用须写明继任代码",
                f"{entry.code} {entry.name} is retired: say which code follows it",
            )
        ]
    if entry.valid_to is not None and entry.valid_to > today:
        return [
            _item(
                row,
                "valid_to",
                "recode-to-come",
                f"区划变更自生效日 {entry.valid_to} 起方可登记,今天是 {today}",
                f"a recode is entered from its day on ({entry.valid_to}); today is {today}",
            )
        ]
    return []


def _with_kept_codes(before: Divisions, retired: Sequence[Division]) -> list[NewRecode]:
    """A county goes on under its first code where its new code is new and follows nobody else; where counties merge,
    the things of each stay under its own.
    """
    followed = Counter(entry.successor_code for entry in retired)
    found: list[NewRecode] = []
    for entry in retired:
        successor, day = entry.successor_code, entry.valid_to
        if successor is None or day is None:  # pragma: no cover - refused above, and by the list's own check
            raise ValueError("retired without a successor")
        goes_on = successor not in before and followed[successor] == 1
        kept = before.kept(entry.code if goes_on else successor)
        found.append(NewRecode(entry.code, successor, kept, day))
    return found


def _item(row: int, field: str, rule: str, zh: str, en: str) -> Item:
    return Item(field=field, rule=rule, zh=zh, en=en, row=row)
