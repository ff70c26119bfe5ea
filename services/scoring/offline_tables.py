"""What `clusters score` shows beside the ranking: tables of the robustness and of every stage, and how far it is."""

import time
from collections.abc import Sequence
from typing import Any

import typer

from shared.tables.written import Table

TELL_SECONDS = 1.0
ROBUSTNESS = ("p_top_k", "q05", "q50", "q95", "fragile")


class Progress:
    """Says on stderr how many draws are done and about how long the rest takes, once a second at most."""

    def __init__(self) -> None:
        self._began = self._told = time.monotonic()

    def tell(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told < TELL_SECONDS or not done:
            return
        self._told = now
        left = round((now - self._began) / done * (total - done))
        zh, en = (
            f"稳健性 {done:,}/{total:,},约剩{left}秒",
            f"robustness {done:,} of {total:,}, about {left} s left",
        )
        typer.echo(f"{zh} / {en}", err=True)


def tables_of(answer: dict[str, Any]) -> dict[str, Table]:
    """`scores`; `robustness` and `trace` where they were asked for: a heading and a row for each unit (and stage)."""
    found: dict[str, Table] = {"scores": _scores(answer["units"])}
    if answer.get("robustness"):
        found["robustness"] = [
            ["unit", *ROBUSTNESS],
            *(
                [unit, *(_shown(told[name]) for name in ROBUSTNESS)]
                for unit, told in answer["robustness"].items()
            ),
        ]
    if "stages" in answer:
        found["trace"] = _trace(answer["stages"])
    return found


def _scores(units: Sequence[dict[str, Any]]) -> Table:
    codes = list(dict.fromkeys(code for unit in units for code in unit["nodes"]))
    rows = [
        [unit["unit"], *(_shown(unit[name]) for name in ("rank", "score", "grade"))]
        + [_shown(unit["nodes"].get(code)) for code in codes]
        for unit in units
    ]
    return [["unit", "rank", "score", "grade", *codes], *rows]


def _trace(stages: dict[str, dict[str, dict[str, str | None]]]) -> Table:
    """A row for each unit and stage; a column for each leaf and node."""
    codes = list(dict.fromkeys(code for units in stages.values() for held in units.values() for code in held))
    rows = [
        [unit, stage, *(_shown(held.get(code)) for code in codes)]
        for stage, units in stages.items()
        for unit, held in units.items()
    ]
    return [["unit", "stage", *codes], *rows]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4f}"
    return "" if value is None else str(value)
