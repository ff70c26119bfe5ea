"""Where in a scheme's document a problem stands: its line, if it was read from text, and the clause it comes under."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from services.scoring.domain.refusals import SchemeInvalid
from shared.errors import Item
from shared.policy.places import with_clause

LineOf = Callable[[str], int]


def invalid_scheme(
    problems: Sequence[Item], document: object, *, file: str = "", line_of: LineOf | None = None
) -> SchemeInvalid:
    """Every problem as an item with file, line (also as its row) and clause, as far as they are known."""
    refusal = SchemeInvalid(problems)
    refusal.items = tuple(_item(problem, document, file, line_of) for problem in problems)
    return refusal


def _item(problem: Item, document: object, file: str, line_of: LineOf | None) -> Item:
    line = None if line_of is None else line_of(problem.field)
    place = f"{file}:{line} {problem.field}" if file else problem.field or "scheme"
    return replace(with_clause(document, problem), field=place.rstrip(), row=line)
