"""What somebody wants to see of a register: filters, search, order, as of two times."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from services.registry.domain.registers.fields import Kind
from services.registry.domain.registers.register import Register
from shared.errors import Item, Refusal
from shared.text.hygiene import UnfitCharacter, compared, key, stored


class ListWishInvalid(Refusal):
    """A filter or an order names a field that the register does not have."""

    code = "list-wish-invalid"


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish as it stands in the query."""

    search: str | None
    sort: str
    as_of: date | None
    known_at: datetime | None
    division: str | None
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What to list: whose entries, which of them, in which order, as of when."""

    register: Register
    counties: Sequence[str]
    as_of: date
    known_at: datetime | None = None
    filters: Mapping[str, str] = field(default_factory=dict)
    search: str | None = None
    sort: str = "name"
    descending: bool = False


def list_query(
    register: Register,
    wish: Wish,
    *,
    counties: Sequence[str],
    today: date,
    kept: Callable[[str], str] = str,
) -> ListQuery:
    """The wish as a query; refuses filters and orders by what the register does not have.

    ``kept`` tells under which code the things of a county are kept.
    """
    sort = wish.sort.removeprefix("-")
    items = [
        *_unknown_filters(register, wish.filters),
        *_unknown_sort(register, sort),
        *_unfit("search", wish.search or ""),
    ]
    if items:
        raise ListWishInvalid("筛选或排序有误", "A filter or the order is wrong", items=items)
    return ListQuery(
        register=register,
        counties=counties,
        as_of=wish.as_of or today,
        known_at=wish.known_at,
        filters={
            code: _wanted(register, code, text, kept)
            for code, text in (entry.split("=", 1) for entry in wish.filters)
        },
        search=key(wish.search or "") or None,
        sort=sort,
        descending=wish.sort.startswith("-"),
    )


def _wanted(register: Register, code: str, text: str, kept: Callable[[str], str]) -> str:
    """What a filter asks for, in the form in which the register keeps the field."""
    spec = register.field(code)
    if spec is None or spec.kind in {Kind.TEXT, Kind.NOTE}:
        return stored(text).text
    plain = compared(text)
    if spec.kind is Kind.COUNTY:
        return kept(plain)
    return plain.upper() if spec.upper or spec.kind is Kind.CREDIT_CODE else plain


def _unknown_filters(register: Register, filters: tuple[str, ...]) -> list[Item]:
    known = {spec.code for spec in register.fields} - {"valid_from", "valid_to"} | {"key"}
    items = [
        Item(field="where", rule="filter", zh=f"没有字段:{entry[:60]}", en=f"no such field: {entry[:60]}")
        for entry in filters
        if "=" not in entry or entry.split("=", 1)[0] not in known
    ]
    return items + [item for entry in filters for item in _unfit("where", entry.partition("=")[2])]


def _unfit(field: str, text: str) -> list[Item]:
    try:
        stored(text)
    except UnfitCharacter as unfit:
        return [Item(field=field, rule=unfit.rule, zh=unfit.zh, en=unfit.en)]
    return []


def _unknown_sort(register: Register, sort: str) -> list[Item]:
    known = {spec.code for spec in register.fields} | {"key", "name"}
    if sort in known - {"valid_to", "definition"}:
        return []
    return [Item(field="sort", rule="sort", zh=f"不能按 {sort} 排序", en=f"cannot sort by {sort}")]
