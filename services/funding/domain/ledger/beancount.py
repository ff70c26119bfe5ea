"""The ledger as a beancount file, so that somebody else's program can balance our books.

Account codes become beancount's names (`Assets:2024-incentive:Awarded:421303-01`); the code itself stands in the
metadata. What was drawn from the budget is income. At the end every account's stored balance is asserted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Final

from services.funding.domain.ledger.books import Purpose

CURRENCY: Final = "CNY"
_UNFIT = re.compile(r"[^A-Za-z0-9-]")


@dataclass(frozen=True, slots=True)
class ExportedLine:
    """An entry with its transfer; ``balance_fen`` is what its account holds now."""

    transfer: str
    kind: str
    description: str
    key: str
    effective_at: date
    account: str
    purpose: str
    amount_fen: int
    balance_fen: int


def beancount_of(lines: Sequence[ExportedLine], *, title: str) -> Iterator[str]:
    """The file in pieces; ``lines`` in the order of posting."""
    balances = {line.account: line.balance_fen for line in lines}
    names = account_names({line.account: line.purpose for line in lines})
    yield f'option "title" {_quoted(title)}\noption "operating_currency" "{CURRENCY}"\n\n'
    opened: dict[str, date] = {}
    for line in lines:
        opened[line.account] = min(line.effective_at, opened.get(line.account, line.effective_at))
    for code in sorted(opened):
        yield f"{opened[code]} open {names[code]} {CURRENCY}\n  code: {_quoted(code)}\n"
    yield "\n"
    for _, group in groupby(lines, key=lambda line: line.transfer):
        yield _transaction(list(group), names)
    if lines:
        after = max(line.effective_at for line in lines) + timedelta(days=1)
        for code in sorted(opened):
            yield f"{after} balance {names[code]} {_yuan(balances[code])} {CURRENCY}\n"


def account_names(purposes: Mapping[str, str]) -> dict[str, str]:
    """A beancount name for each account code; never the same one twice."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for code in sorted(purposes):
        root = "Income" if purposes[code] == Purpose.SOURCE.value else "Assets"
        name = base = ":".join([root, *map(_part, code.split(":"))])
        number = 1
        while name in taken:
            number += 1
            name = f"{base}-{number}"
        names[code] = name
        taken.add(name)
    return names


def _part(text: str) -> str:
    fit = _UNFIT.sub("-", text)
    return fit[0].upper() + fit[1:] if fit[0].isalnum() else f"X{fit}"


def _transaction(lines: Iterable[ExportedLine], names: Mapping[str, str]) -> str:
    entries = list(lines)
    first = entries[0]
    head = f"{first.effective_at} * {_quoted(first.kind)} {_quoted(first.description)}\n"
    metadata = f"  transfer: {_quoted(first.transfer)}\n  key: {_quoted(first.key)}\n"
    postings = "".join(f"  {names[e.account]}  {_yuan(e.amount_fen)} {CURRENCY}\n" for e in entries)
    return head + metadata + postings + "\n"


def _yuan(fen: int) -> str:
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole}.{rest:02d}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'
