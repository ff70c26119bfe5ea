"""Places in rank order: who fits, and what happens to equals at the cut."""

from collections.abc import Iterable, Sequence

from services.scoring.domain.engine.ranking.ranks import Placed
from services.scoring.domain.refusals import CutUndecided
from services.scoring.domain.scheme.ties import AtCut
from shared.errors import Item


def take(candidates: Sequence[Placed], places: int | None, *, at_cut: AtCut, rule: str) -> tuple[Placed, ...]:
    """The first `places` of the candidates, who stand in rank order. A group of equals is never split."""
    if places is None:
        return tuple(candidates)
    taken: list[Placed] = []
    for group in _groups(candidates):
        if len(taken) + len(group) <= places:
            taken.extend(group)
            continue
        if len(taken) < places and at_cut is AtCut.ALL:
            taken.extend(group)
        if len(taken) < places and at_cut is AtCut.REFUSE:
            _refuse(group, places=places, rule=rule)
        break
    return tuple(taken)


def _groups(candidates: Iterable[Placed]) -> list[list[Placed]]:
    groups: list[list[Placed]] = []
    for candidate in candidates:
        if groups and groups[-1][0].group == candidate.group:
            groups[-1].append(candidate)
        else:
            groups.append([candidate])
    return groups


def _refuse(group: Sequence[Placed], *, places: int, rule: str) -> None:
    units = "、".join(placed.scored.unit for placed in group)
    zh = f"{units}并列,超出{places}个名额"
    en = f"{units} are equal and do not fit the {places} places"
    item = Item(field=rule, rule="cut-undecided", zh=zh, en=en)
    raise CutUndecided("名额线上并列,无法取舍", "Equal units stand at the cut", items=[item])
