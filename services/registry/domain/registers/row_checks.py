"""Checks the rows of a file or a request against a register's declaration, one row at a time, all problems at once.

What needs the other rows or the entries that are kept (duplicates, references, shares) is checked in the
database afterwards, over the whole batch.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from services.registry.domain.registers.cells import REFUSED, Cell, Remark, Unreadable, is_plain
from services.registry.domain.registers.fields import NUMERIC, Field, Kind, Known, Value, read_cell
from services.registry.domain.registers.problems import Problem
from services.registry.domain.registers.register import COMMON, Register
from shared.text.hygiene import is_empty

#: Kinds whose values hardly ever come twice in a file; those of the others are remembered while it is read.
_UNIQUE: Final = frozenset({Kind.CREDIT_CODE, Kind.PROJECT_CODE, Kind.NOTE}) | NUMERIC
_REMEMBERED: Final = 5_000
_NOWHERE: Final = 1 << 30


class StagedRow(NamedTuple):
    """A row ready to be compared with the others and with what is kept; not ``good``: it has an error of its own."""

    row: int
    key: str
    county_code: str
    name: str
    valid_from: str
    valid_to: str | None
    source: str
    period: str
    definition: str
    provenance: str
    data: Mapping[str, Value]
    good: bool = True


@dataclass(frozen=True, slots=True)
class Desk:
    """Who files: in which counties, with which county as the default, on which business day."""

    counties: Collection[str]
    own_county: str | None
    today: date


class RowChecker:
    """Reads rows of one file: ``columns`` are the field codes in the order of the cells, None for unknown columns."""

    def __init__(
        self,
        register: Register,
        columns: Sequence[str | None],
        *,
        known: Known,
        desk: Desk,
        report: Callable[[Problem], None],
    ) -> None:
        self._register = register
        self._known = known
        self._desk = desk
        self._report = report
        positions = {code: place for place, code in enumerate(columns) if code is not None}
        self._fields: tuple[tuple[Field, str, int, dict[Cell, Value] | None], ...] = tuple(
            (spec, spec.code, positions.get(spec.code, _NOWHERE), {} if spec.kind not in _UNIQUE else None)
            for spec in register.fields
        )
        self._specs = {spec.code: spec for spec in register.fields}
        self._common = frozenset(spec.code for spec in COMMON) | {"county_code"}

    def check(self, row: int, cells: Sequence[Cell]) -> StagedRow | None:
        """The row as it will be kept; None if it has errors (reported) by which its key cannot be told."""
        data: dict[str, Value] = {}
        about: dict[str, Value] = {}
        common = self._common
        good = True
        width = len(cells)
        for spec, code, place, seen in self._fields:
            cell = cells[place] if place < width else None
            if cell is None or cell == "":
                if spec.required:
                    good = self._refuse(row, spec, "required", "必填", "must be filled")
                continue
            # What is written again and again (a choice, a source, a day) is read once; plain text is what it is.
            value: Value | None = None
            if cell.__class__ is str:
                value = seen.get(cell) if seen is not None else None
                if value is None and spec.kind is Kind.TEXT and is_plain(str(cell)):
                    value = str(cell)
            if value is None:
                value, fine = self._read(row, spec, cell, seen)
                good = good and fine
            if value is not None:
                if code in common:
                    about[code] = value
                else:
                    data[code] = value
        county = self._county(row, data, about) if good or self._county_can_be_told(data, about) else None
        good = self._interval_holds(row, about) and good
        if county is None or not (
            good or all(code in data or code == "county_code" for code in self._register.key)
        ):
            return None
        return self._staged(row, data, about, county, good=good)

    def _read(
        self, row: int, spec: Field, cell: Cell, seen: dict[Cell, Value] | None
    ) -> tuple[Value | None, bool]:
        """The value of a cell and whether it is sound; what is found is reported."""
        if cell is REFUSED:
            return None, False
        if isinstance(cell, str) and is_empty(cell):
            return None, not spec.required or self._refuse(row, spec, "required", "必填", "must be filled")
        remarks: list[Remark] = []
        value: Value | None = None
        try:
            value = read_cell(spec, cell, self._known, remarks)
        except Unreadable as error:
            remarks.append(error.remark)
        for remark in remarks:
            self._report(Problem(row, spec.code, spec.zh, remark.rule, remark.severity, remark.zh, remark.en))
        if (
            seen is not None
            and not remarks
            and value is not None
            and len(seen) < _REMEMBERED
            and isinstance(cell, str)
        ):
            seen[cell] = value
        return value, value is not None

    def _county_can_be_told(self, data: Mapping[str, Value], about: Mapping[str, Value]) -> bool:
        if self._register.cluster is not None:
            return self._register.cluster in data
        return "county_code" in about

    def _county(self, row: int, data: Mapping[str, Value], about: Mapping[str, Value]) -> str | None:
        """The county that the entry belongs to: its cluster's, the one given, or the filer's own."""
        given = about.get("county_code")
        spec = self._specs["county_code"]
        if self._register.cluster is not None:
            of_cluster = self._known.clusters[str(data[self._register.cluster])]
            if given is not None and given != of_cluster:
                called = self._known.called(of_cluster)
                self._refuse(
                    row, spec, "county-differs", f"该集群属于 {called}", f"the cluster is in {called}"
                )
                return None
            given, spec = of_cluster, self._specs[self._register.cluster]
        county = given or self._desk.own_county
        if county is None:
            self._refuse(row, spec, "required", "请填县级区划代码", "give the county's code")
            return None
        if county not in self._desk.counties:
            self._refuse(row, spec, "not-your-county", "不在您的权限范围内", "is not yours to change")
            return None
        return str(county)

    def _interval_holds(self, row: int, about: Mapping[str, Value]) -> bool:
        start, end = about.get("valid_from"), about.get("valid_to")
        if end is None or str(end) > str(start or self._desk.today.isoformat()):
            return True
        return self._refuse(
            row, self._specs["valid_to"], "interval", "失效日期应在生效日期之后", "must lie after valid from"
        )

    def _staged(
        self, row: int, data: dict[str, Value], about: Mapping[str, Value], county: str, *, good: bool
    ) -> StagedRow:
        if self._register.splits:
            data.setdefault("split", "1")
        parts = [county if code == "county_code" else str(data[code]) for code in self._register.key]
        end = about.get("valid_to") if good else None
        return StagedRow(
            row=row,
            key="|".join([part.replace("|", "\uff5c") for part in parts]),
            county_code=county,
            name=str(data.get(self._register.name, "")),
            valid_from=str(about.get("valid_from") or self._desk.today.isoformat()),
            valid_to=None if end is None else str(end),
            source=str(about.get("source", "")),
            period=str(about.get("period", "")),
            definition=str(about.get("definition", "按登记说明")),
            provenance=str(about.get("provenance", "reported")),
            data=data,
            good=good,
        )

    def _refuse(self, row: int, spec: Field, rule: str, zh: str, en: str) -> bool:
        self._report(Problem(row, spec.code, spec.zh, rule, "error", zh, en))
        return False
