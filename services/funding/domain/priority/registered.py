"""What the registry's register says of a project; funding refers to it by its code and keeps what it was told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from services.funding.domain.refusals import ProjectDiffers
from shared.errors import Item
from shared.text.hygiene import key
from shared.text.money import MAX_FEN, show_wan


@dataclass(frozen=True, slots=True)
class RegisteredProject:
    """``division_path``: from the province down to the county of its cluster."""

    code: str
    name: str
    county_code: str
    cluster: str
    unit: str
    investment_fen: int
    division_path: Sequence[str]


#: What may be said of a project beside its code, if it agrees with the register.
GIVEN: Final = frozenset({"name", "county_code", "cluster", "unit", "investment_fen"})


def check_agrees(known: RegisteredProject, given: Mapping[str, Any]) -> None:
    """Refuses what differs from the register, field by field."""
    items = [
        Item(field, "as-registered", f"登记簿为 {_shown(kept)}", f"the register says {_shown(kept)}")
        for field, said in sorted(given.items())
        for kept in [getattr(known, field)]
        if (said != kept if isinstance(said, int) else key(said) != key(kept))
    ]
    if not 0 < known.investment_fen <= MAX_FEN:
        zh, en = "登记簿中的总投资为零或过大", "the investment in the register is nothing, or too much"
        items.append(Item("investment_fen", "amount", zh, en))
    if items:
        raise ProjectDiffers(
            f"项目 {known.code} 有 {len(items)} 项与登记簿不同;请更正后再报,或不填这些项",
            f"{len(items)} item(s) of the project {known.code} differ from the register; correct or leave them out",
            items=items,
        )


def _shown(kept: str | int) -> str:
    return show_wan(kept) if isinstance(kept, int) else kept
