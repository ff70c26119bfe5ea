"""Reading the worked examples of incentive rules."""

from collections.abc import Mapping
from typing import Final

from services.funding.domain.reading.fields import Fields
from services.funding.domain.rules.incentive import Example
from shared.errors import Item

EXAMPLES_LIMIT: Final = 50
UNITS_LIMIT: Final = 500


def read_examples(fields: Fields) -> tuple[Example, ...]:
    if not fields.has("examples"):
        return ()
    return fields.each("examples", lambda d, at: _read(d, at, fields.problems), limit=EXAMPLES_LIMIT)


def _read(document: object, path: str, problems: list[Item]) -> Example:
    fields = Fields(
        document, path, problems, required=("name", "budget_fen", "units"),
        optional=("expect", "remainder_fen", "refused"),
    )  # fmt: skip
    if fields.has("expect") == fields.has("refused"):
        zh, en = "须给出 expect 或 refused 之一", "either expect or refused is expected"
        fields.report("one-outcome", zh, en)
    amounts: dict[str, int] = {}
    if fields.has("expect"):
        part = fields.mapping_of("expect", limit=UNITS_LIMIT)
        amounts = {unit: part.fen(unit, minimum=0) for unit in part.names()}
    return Example(
        name=fields.text("name"),
        budget_fen=fields.fen("budget_fen"),
        units=fields.each("units", lambda d, at: _unit(d, at, problems), limit=UNITS_LIMIT, minimum=1),
        amounts_fen=amounts,
        remainder_fen=fields.fen("remainder_fen", minimum=0) if fields.has("remainder_fen") else None,
        refused=fields.code("refused") if fields.has("refused") else None,
    )


def _unit(value: object, path: str, problems: list[Item]) -> dict[str, str]:
    """A row by column: texts and whole numbers, as a CSV would hold them."""
    if isinstance(value, Mapping) and all(
        isinstance(cell, str | int) and not isinstance(cell, float) for cell in value.values()
    ):
        return {str(column): _cell(cell) for column, cell in value.items()}
    zh, en = (
        "应为“列:值”的对应表,值为文本或整数",
        "a mapping from columns to texts or whole numbers is expected",
    )
    problems.append(Item(path, "row-expected", zh, en))
    return {}


def _cell(cell: object) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return str(cell)
