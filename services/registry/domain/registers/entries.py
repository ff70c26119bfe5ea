"""Entries of a register as they are kept: with a validity, a source, and when the registry learned of them."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.registry.domain.registers.cells import Cell
from services.registry.domain.registers.fields import Kind, Value
from services.registry.domain.registers.problems import Problem, ProblemList
from services.registry.domain.registers.register import Register
from shared.errors import Item, Refusal


class EntriesInvalid(Refusal):
    """Nothing was kept; each item names a row, a field and a rule."""

    code = "entries-invalid"


@dataclass(frozen=True, slots=True)
class Entry:
    """``version`` tells apart what was kept under the same key."""

    version: int
    key: str
    county_code: str
    name: str
    valid_from: date
    valid_to: date | None
    source: str
    period: str
    definition: str
    provenance: str
    data: Mapping[str, Value]
    recorded_at: datetime

    def value(self, code: str) -> Value | None:
        """The value of a field, of the register's own or of those that all registers have."""
        match code:
            case _ if code in self.data:
                return self.data[code]
            case "county_code" | "source" | "period" | "definition" | "provenance":
                return str(getattr(self, code))
            case "valid_from":
                return self.valid_from.isoformat()
            case "valid_to" if self.valid_to is not None:
                return self.valid_to.isoformat()
            case _:
                return None


@dataclass(frozen=True, slots=True)
class PastEntry(Entry):
    """``superseded_at``: when the registry stopped believing so."""

    superseded_at: datetime | None


def shown_cells(register: Register, entry: Entry) -> list[str | int]:
    """The cells of an entry as a template would have them: an export can be imported again."""
    cells: list[str | int] = []
    for spec in register.fields:
        value = entry.value(spec.code)
        if isinstance(value, list):
            value = "、".join(value)
        elif isinstance(value, bool):
            value = "是" if value else "否"
        elif spec.kind is Kind.CHOICE and value is not None:
            value = next((choice.zh for choice in spec.choices if choice.code == value), value)
        cells.append("" if value is None else value)
    return cells


def given_cells(entry: Mapping[str, str | int | bool | list[str] | None]) -> dict[str, Cell]:
    """A request's entry as cells, so that one reader serves files and requests."""
    return {name: "、".join(value) if isinstance(value, list) else value for name, value in entry.items()}


def unknown_fields(register: Register, given: Sequence[Mapping[str, Cell]]) -> Iterator[Problem]:
    """Names of fields that the register does not have, by row."""
    known = frozenset(spec.code for spec in register.fields)
    for row, entry in enumerate(given, start=1):
        for name in sorted(entry.keys() - known):
            yield Problem(row, name, name, "known", "error", "没有这个字段", "there is no such field")


def check_no_error(problems: ProblemList) -> None:
    """Refuses all of a request's entries for an error in any."""
    if not problems.errors:
        return
    raise EntriesInvalid(
        f"有 {problems.errors} 处错误,未保存任何内容",
        f"There are {problems.errors} error(s); nothing was saved",
        items=[
            Item(field=problem.field, rule=problem.rule, zh=problem.zh, en=problem.en, row=problem.row)
            for problem in problems.kept
            if problem.severity == "error"
        ],
    )


def check_same_key(register: Register, key: str, kept: Collection[str]) -> None:
    """Refuses an edit that would put the entry under another key."""
    if any(other != key for other in kept):
        raise EntriesInvalid(
            "不能改动主键;请作废后重新登记", "The key cannot change; withdraw the entry and register it anew",
            items=[Item(field=register.key[0], rule="key", zh="主键不能改动", en="the key cannot change")],
        )  # fmt: skip


def check_withdrawable(register: Register, *, referred_to: bool) -> None:
    """Refuses to withdraw what other entries point to."""
    if referred_to:
        raise EntriesInvalid(
            "其他登记或集群仍引用本条,不能作废",
            "Other entries or clusters still refer to this one; it cannot be withdrawn",
            items=[Item(field=register.key[0], rule="referred-to", zh="仍被引用", en="still referred to")],
        )  # fmt: skip
