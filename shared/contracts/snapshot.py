"""Snapshot: what the registry freezes at the cut-off and scoring assesses. Values of clusters, never of firms."""

from datetime import date
from typing import Literal, Self

from pydantic import Field, model_validator

from shared.contracts.document import DecimalString, Document, Part

Provenance = Literal["reported", "published", "synthetic", "derived"]
ValueState = Literal["value", "zero", "missing", "not_applicable"]
RoundKind = Literal["application", "assessment"]


class SnapshotIndicator(Part):
    code: str
    zh: str
    en: str
    unit: str


class SnapshotValue(Part):
    """One figure of one year. ``value`` is null unless ``state`` is ``value`` or ``zero``."""

    indicator: str
    data_year: int
    state: ValueState
    value: DecimalString | None
    definition: str
    provenance: Provenance
    source: str

    @model_validator(mode="after")
    def _value_fits_state(self) -> Self:
        if (self.state in {"value", "zero"}) != (self.value is not None):
            raise ValueError("a value is given exactly in the states value and zero")
        return self


class SnapshotUnit(Part):
    """A cluster with its figures; ``division_path`` is province, city (if any), county as of the cut-off."""

    unit: str
    name: str
    county_code: str
    county_name: str
    division_path: tuple[str, ...]
    groups: dict[str, str]
    facts: dict[str, str]
    values: tuple[SnapshotValue, ...]


class Snapshot(Document):
    schema_: Literal["county-clusters/snapshot/1"] = Field(
        default="county-clusters/snapshot/1", alias="schema"
    )
    programme: str
    programme_version: str
    assessment_year: int
    data_year: int
    kind: RoundKind
    cut_off: date
    indicators: tuple[SnapshotIndicator, ...]
    units: tuple[SnapshotUnit, ...]

    @model_validator(mode="after")
    def _sorted(self) -> Self:
        codes = [unit.unit for unit in self.units]
        if codes != sorted(set(codes)):
            raise ValueError("units must be unique and sorted by code")
        for unit in self.units:
            keys = [(value.indicator, value.data_year) for value in unit.values]
            if keys != sorted(set(keys)):
                raise ValueError(
                    f"values of {unit.unit} must be unique and sorted by indicator and data year"
                )
        names = [indicator.code for indicator in self.indicators]
        if names != sorted(set(names)):
            raise ValueError("indicators must be unique and sorted by code")
        return self
