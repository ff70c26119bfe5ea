"""The form of a return as a spreadsheet: one row for each figure of each year, and one for each fact."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from services.registry.domain.filings.checks.figures import Finding
from services.registry.domain.filings.content import Content, FiledValue, ValueState
from services.registry.domain.programme.documents import IndicatorCatalogue
from services.registry.domain.registers.cells import (
    REFUSED,
    Cell,
    Remark,
    Unreadable,
    narrow,
    number_of,
    text_of,
)
from services.registry.domain.registers.fields import Choice, Field, Kind, Known, read_cell
from services.registry.domain.registers.problems import Problem
from services.registry.domain.registers.register import PROVENANCES
from shared.text import hygiene

SHEET: Final = "填报表"
STATES: Final = (
    Choice("value", "有数值", "value"),
    Choice("zero", "零", "zero"),
    Choice("missing", "缺失", "missing"),
    Choice("not_applicable", "不适用", "not applicable"),
)
FORM: Final = (
    Field("indicator", "指标代码", "indicator", Kind.CODE),
    Field("name", "指标名称", "name", required=False),
    Field("unit", "计量单位", "unit", required=False),
    Field("data_year", "年度", "year", Kind.YEAR, required=False),
    Field("state", "状态", "state", Kind.CHOICE, required=False, choices=STATES),
    Field("value", "数值", "value", required=False),
    Field("definition", "口径", "definition", required=False),
    Field("provenance", "数据性质", "provenance", Kind.CHOICE, required=False, choices=PROVENANCES),
    Field("source", "来源", "source", required=False),
)
_FACT_WORDS: Final = {"是": "true", "有": "true", "否": "false", "无": "false"}
_NOTHING_KNOWN: Final = Known()


@dataclass
class FormReader:
    """Reads the rows of a filled form; problems are reported by row and column, all at once."""

    catalogue: IndicatorCatalogue
    asked: frozenset[tuple[str, int]]
    report: Callable[[Problem], None]
    values: dict[tuple[str, int], FiledValue] = field(default_factory=dict)
    facts: dict[str, str] = field(default_factory=dict)
    rows_of: dict[tuple[str, int | None], int] = field(default_factory=dict)

    def read(self, row: int, columns: Sequence[str | None], cells: Sequence[Cell]) -> None:
        given = {code: cells[place] for place, code in enumerate(columns) if code and place < len(cells)}
        code = self._cell(row, "indicator", given)
        if code is None:
            if given.get("indicator") in {None, ""}:
                self._refuse(row, "indicator", "required", "必填", "must be filled")
            return
        code = self._known_code(str(code))
        if any(fact.code == code for fact in self.catalogue.facts):
            self._fact(row, str(code), given)
            return
        year = self._cell(row, "data_year", given)
        if not isinstance(year, int):
            if given.get("data_year") in {None, ""}:
                self._refuse(row, "data_year", "required", "必填", "must be filled")
            return
        key = (str(code), year)
        if key not in self.asked:
            self._refuse(
                row, "indicator", "known", f"本轮不填报 {code} {year}", f"{code} of {year} is not asked for"
            )
        elif not self._is_again(row, key):
            self._value(row, key, given)

    def _known_code(self, written: str) -> str:
        """As the catalogue writes it: codes that differ by case only are one."""
        codes = [
            *(entry.code for entry in self.catalogue.indicators),
            *(fact.code for fact in self.catalogue.facts),
        ]
        return {hygiene.key(code): code for code in codes}.get(hygiene.key(written), written)

    def content(self) -> Content:
        return Content(
            values=tuple(self.values[key] for key in sorted(self.values)),
            facts=dict(sorted(self.facts.items())),
            waivers=(),
        )

    def problem_of(self, finding: Finding) -> Problem:
        """What a rule found, at the row that stated the figure."""
        row = self.rows_of.get((finding.indicator, finding.data_year), 0)
        about = f"{finding.indicator} {finding.data_year or ''}"
        return Problem(
            row,
            "value",
            _SPEC["value"].zh,
            finding.rule,
            finding.severity,
            f"{about}:{finding.zh}",
            f"{about}: {finding.en}",
        )

    def _fact(self, row: int, code: str, given: Mapping[str, Cell]) -> None:
        if self._is_again(row, (code, None)):
            return
        remarks: list[Remark] = []
        given_word = given.get("value")
        try:
            word = "" if given_word is REFUSED else narrow(text_of(given_word, remarks), remarks)
        except Unreadable as error:
            remark = error.remark
            self._refuse(row, "value", remark.rule, remark.zh, remark.en)
            return
        if word:
            self.facts[code] = _FACT_WORDS.get(word, hygiene.key(word))

    def _value(self, row: int, key: tuple[str, int], given: Mapping[str, Cell]) -> None:
        state = self._cell(row, "state", given)
        number = self._number(row, given.get("value"))
        if number is False:
            return
        if state is None:
            if number is None:  # an empty row: not stated, which the completeness rule will say
                return
            state = "zero" if number == 0 else "value"
        if (number is not None) != (state in {"value", "zero"}) or (
            number is not None and (number == 0) != (state == "zero")
        ):
            self._refuse(
                row, "state", "value-fits-state", "状态与数值不符", "the state does not fit the value"
            )
            return
        source = self._cell(row, "source", given)
        if source is None:
            if given.get("source") in {None, ""}:
                self._refuse(row, "source", "required", "请写明数据来源", "say where the figure comes from")
            return
        self.values[key] = FiledValue(
            indicator=key[0],
            data_year=key[1],
            state=_STATE[str(state)],
            value=None if number is None else Decimal(number),
            definition=str(self._cell(row, "definition", given) or "按指标目录"),
            provenance=str(self._cell(row, "provenance", given) or "reported"),  # type: ignore[arg-type]
            source=str(source),
        )

    def _number(self, row: int, cell: Cell) -> Decimal | bool | None:
        """The number, None if there is none, False if it cannot be read."""
        if cell is None or cell == "" or (isinstance(cell, str) and not cell.strip()):
            return None
        if cell is REFUSED:
            return False
        remarks: list[Remark] = []
        found: Decimal | bool = False
        try:
            found = number_of(cell, remarks)
        except Unreadable as error:
            remarks.append(error.remark)
        self._report_all(row, "value", remarks)
        return found

    def _cell(self, row: int, code: str, given: Mapping[str, Cell]) -> object:
        cell = given.get(code)
        if cell is None or cell == "" or cell is REFUSED or (isinstance(cell, str) and not cell.strip()):
            return None
        remarks: list[Remark] = []
        value: object = None
        try:
            value = read_cell(_SPEC[code], cell, _NOTHING_KNOWN, remarks)
        except Unreadable as error:
            remarks.append(error.remark)
        self._report_all(row, code, remarks)
        return value

    def _is_again(self, row: int, key: tuple[str, int | None]) -> bool:
        first = self.rows_of.setdefault(key, row)
        if first != row:
            self._refuse(row, "indicator", "duplicate", f"与第 {first} 行重复", f"the same as row {first}")
        return first != row

    def _report_all(self, row: int, code: str, remarks: Sequence[Remark]) -> None:
        for remark in remarks:
            self.report(
                Problem(row, code, _SPEC[code].zh, remark.rule, remark.severity, remark.zh, remark.en)
            )

    def _refuse(self, row: int, code: str, rule: str, zh: str, en: str) -> None:
        self.report(Problem(row, code, _SPEC[code].zh, rule, "error", zh, en))


_SPEC: Final = {spec.code: spec for spec in FORM}
_STATE: Final[Mapping[str, ValueState]] = {
    "value": "value", "zero": "zero", "missing": "missing", "not_applicable": "not_applicable",
}  # fmt: skip
