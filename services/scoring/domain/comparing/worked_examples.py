"""Policy officers' worked examples: given these values, expect this score. They must hold before publication."""

from decimal import Decimal

from services.scoring.domain.engine.ranking.ranks import nodes_in_points
from services.scoring.domain.engine.run import run_scheme
from services.scoring.domain.refusals import ExamplesFail
from services.scoring.domain.scheme.measures import Absent, Cell, UnitData
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.sections import Example
from shared.errors import Item
from shared.tables.cells import number_of

YEAR = 2000


def check_examples(scheme: Scheme) -> None:
    """Refuses with every example whose score or node is another one than expected."""
    items = [item for example in scheme.examples for item in _check(scheme, example)]
    if items:
        raise ExamplesFail("算例与方案不符", "Worked examples do not hold", items=items)


def _check(scheme: Scheme, example: Example) -> list[Item]:
    cells: dict[tuple[str, int], Cell] = {}
    for name, text in example.values.items():
        indicator, _, before = name.partition("@")
        year = (scheme.data.data_year or YEAR) + (int(before) if before.lstrip("-").isdecimal() else 0)
        value = Absent.MISSING if text is None else number_of(text)
        if value is None:
            return [_item(example, indicator, f"不是数字: {text}", f"no number: {text}")]
        cells[(indicator, year)] = value
    unit = UnitData(example.name, example.facts, cells, example.groups)
    year = scheme.data.data_year or YEAR
    scored = run_scheme(scheme, (unit,), data_year=year, share_out=False)[0].scored[0]
    found = []
    if scored.score != example.score:
        zh, en = f"应为{example.score},得{scored.score}", f"expected {example.score}, found {scored.score}"
        found.append(_item(example, "score", zh, en))
    points = nodes_in_points(scheme, scored)
    for code, expected in example.nodes.items():
        value_found: Decimal | None = points.get(code)
        if value_found != expected:
            zh, en = f"应为{expected},得{value_found}", f"expected {expected}, found {value_found}"
            found.append(_item(example, code, zh, en))
    return found


def _item(example: Example, field: str, zh: str, en: str) -> Item:
    return Item(field=f"{example.name}.{field}", rule="example-fails", zh=zh, en=en)
