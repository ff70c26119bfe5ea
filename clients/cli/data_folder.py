"""The option that most commands share: on which data folder they work."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def default_data_folder() -> Path:
    """`.data` in the clone; outside a clone, in the current folder."""
    clone = Path(__file__).resolve().parents[2]
    return (clone if (clone / "pyproject.toml").exists() else Path.cwd()) / ".data"


DataFolder = Annotated[
    Path,
    typer.Option(
        "--data",
        help="数据文件夹 / data folder",
        default_factory=default_data_folder,
        show_default=".data",
    ),
]
