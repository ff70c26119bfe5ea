"""The programme's files, as a test or a client posts them."""

import csv
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "programmes" / "hubei-county-clusters"


def document(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yaml").read_text("utf-8"))
    return loaded


def divisions() -> list[dict[str, Any]]:
    rows = _rows("divisions")
    return [
        {name: value or None for name, value in row.items()}
        | {"area_km2": int(row["area_km2"]) if row["area_km2"] else None}
        for row in rows
    ]


def industries() -> list[dict[str, Any]]:
    return [
        {**row, "level": int(row["level"]), "parent_code": row["parent_code"] or None}
        for row in _rows("industries")
    ]


def _rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / "reference" / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
