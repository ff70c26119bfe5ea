"""A programme's folder: the documents that are posted to their owners, and its reference data."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from clients.local.errors import LocalError


class ProgrammeFolderUnusable(LocalError):
    """A file of the programme's folder is missing or cannot be read."""


def default_programme_folder() -> Path:
    """The programme of Hubei in the clone."""
    return Path(__file__).resolve().parents[2] / "programmes" / "hubei-county-clusters"


@dataclass(frozen=True)
class ProgrammeFolder:
    """Reads each file once. A document goes to its owner as it stands; the owner validates it."""

    path: Path

    @cached_property
    def programme(self) -> dict[str, Any]:
        return self._document("programme.yaml")

    @cached_property
    def calendars(self) -> list[dict[str, Any]]:
        """The rounds and days of each year, in the order in which they became public."""
        names = sorted(path.name for path in self.path.glob("calendar-*.yaml"))
        return sorted(
            (self._document(name) for name in names), key=lambda calendar: str(calendar["published_on"])
        )

    def round(self, code: str) -> dict[str, Any]:
        """A filing round with its days, as the newest calendar has it."""
        for calendar in reversed(self.calendars):
            for entry in calendar["rounds"]:
                if entry["code"] == code:
                    return dict(entry)
        raise ProgrammeFolderUnusable(
            f"{self.path} 的日历中没有轮次 {code}", f"No calendar in {self.path} has the round {code}"
        )

    def cycle_plan(self, year: int) -> dict[str, Any]:
        """The plan of a year's cycle, which the pipeline follows."""
        return self._document(f"cycle-{year}.yaml")

    @cached_property
    def indicators(self) -> dict[str, Any]:
        return self._document("indicators.yaml")

    @cached_property
    def scheme(self) -> dict[str, Any]:
        return self._document("scheme.yaml")

    @cached_property
    def incentive(self) -> dict[str, Any]:
        """The rules by which the reward money is shared: the first version."""
        return self._document("incentive.yaml")

    @cached_property
    def incentives(self) -> list[dict[str, Any]]:
        """All versions, in the order in which they come into effect."""
        later = sorted(path.name for path in self.path.glob("incentive-*.yaml"))
        versions = [self.incentive, *(self._document(name) for name in later)]
        return sorted(versions, key=lambda rules: str(rules["effective"]["from"]))

    def incentives_by(self, day: date) -> list[dict[str, Any]]:
        """The versions that are in effect by a day."""
        return [rules for rules in self.incentives if date.fromisoformat(rules["effective"]["from"]) <= day]

    def incentive_of(self, plan: dict[str, Any]) -> dict[str, Any]:
        """The version by which the reward money of a cycle is shared."""
        told = next(
            stage["with"]["incentive"] for stage in plan["stages"] if stage["stage"] == "publish_rules"
        )
        return next(rules for rules in self.incentives if rules["version"] == told["version"])

    @cached_property
    def divisions(self) -> list[dict[str, Any]]:
        return [
            {name: value or None for name, value in row.items()}
            | {"area_km2": int(row["area_km2"]) if row["area_km2"] else None}
            for row in self.table("divisions")
        ]

    @cached_property
    def industries(self) -> list[dict[str, Any]]:
        return [
            {**row, "level": int(row["level"]), "parent_code": row["parent_code"] or None}
            for row in self.table("industries")
        ]

    def table(self, name: str) -> list[dict[str, str]]:
        """The rows of a reference table."""
        return list(csv.DictReader(self._read(f"reference/{name}.csv").splitlines()))

    def reference(self, name: str) -> Any:
        return json.loads(self._read(f"reference/{name}.json"))

    def _document(self, name: str) -> dict[str, Any]:
        try:
            loaded = yaml.safe_load(self._read(name))
        except yaml.YAMLError as error:
            raise ProgrammeFolderUnusable(
                f"{self.path / name} 不是有效的 YAML:{error}",
                f"{self.path / name} is not valid YAML: {error}",
            ) from error
        if not isinstance(loaded, dict):
            raise ProgrammeFolderUnusable(
                f"{self.path / name} 应为键值结构", f"{self.path / name} must be a mapping at its top"
            )
        return loaded

    def _read(self, name: str) -> str:
        try:
            return (self.path / name).read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ProgrammeFolderUnusable(
                f"无法读取 {self.path / name}:{error}", f"Cannot read {self.path / name}: {error}"
            ) from error
