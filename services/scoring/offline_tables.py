"""What `clusters score` shows beside the ranking: tables of the robustness and of every stage, and how far it is."""

import csv
import time
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

Table = list[list[str]]

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
    found = {"scores": _scores(answer["units"])}
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


def write_tables(tables: dict[str, Table], folder: Path) -> None:
    """One CSV each, with a mark by which Excel knows UTF-8."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(rows)


def as_text(rows: Table) -> str:
    """Columns in line, a Chinese character being two wide."""
    widths = [max(_width(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


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


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
