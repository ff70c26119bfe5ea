"""Where in a scheme's document a problem stands: its line, if it was read from text, and the clause it comes under."""

from collections.abc import Callable, Mapping, Sequence

from services.scoring.domain.refusals import SchemeInvalid
from shared.errors import Item

LineOf = Callable[[str], int]


def invalid_scheme(
    problems: Sequence[Item], document: object, *, file: str = "", line_of: LineOf | None = None
) -> SchemeInvalid:
    """Every problem as an item with file, line (also as its row) and clause, as far as they are known."""
    refusal = SchemeInvalid(problems)
    refusal.items = tuple(_item(problem, document, file, line_of) for problem in problems)
    return refusal


def clause_of(document: object, path: str) -> str | None:
    """The clause (or basis) of the innermost rule around a path."""
    found, here = None, document
    for part in [*path.replace("[", ".").replace("]", "").split("."), ""]:
        if isinstance(here, Mapping):
            named = here.get("clause") or here.get("basis")
            found = str(named) if isinstance(named, str) else found
            here = here.get(part)
        elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            here = None
    return found


def _item(problem: Item, document: object, file: str, line_of: LineOf | None) -> Item:
    clause = clause_of(document, problem.field)
    line = None if line_of is None else line_of(problem.field)
    place = f"{file}:{line} {problem.field}" if file else problem.field or "scheme"
    return Item(
        field=place.rstrip(),
        rule=problem.rule,
        zh=problem.zh + (f"(条款: {clause})" if clause else ""),
        en=problem.en + (f" (clause: {clause})" if clause else ""),
        row=line,
    )
