"""The form of a return as a workbook, prefilled."""

import io
from collections.abc import Mapping
from typing import Final

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from services.registry.domain.filings.content import FiledValue
from services.registry.domain.filings.form import FORM, SHEET, STATES
from services.registry.domain.programme.documents import IndicatorCatalogue
from services.registry.domain.registers.register import PROVENANCES
from shared.documents.canonical import decimal_text

_HEAD: Final = PatternFill("solid", fgColor="DDE7F3")
_WIDTHS: Final = (24, 30, 12, 8, 10, 18, 24, 12, 30)
_WORD: Final = {choice.code: choice.zh for choice in (*STATES, *PROVENANCES)}


def form_workbook(
    catalogue: IndicatorCatalogue, data_year: int, known: Mapping[tuple[str, int], FiledValue]
) -> bytes:
    """A row for each figure that is asked for and for each fact; definitions are on a sheet of their own."""
    book = Workbook()
    page = book.active
    if page is None:  # pragma: no cover - a new workbook has a sheet
        raise LookupError("sheet")
    page.title = SHEET
    page.append([spec.heading for spec in FORM])
    for number, width in enumerate(_WIDTHS, start=1):
        cell = page.cell(1, number)
        cell.font, cell.fill = Font(bold=True), _HEAD
        page.column_dimensions[get_column_letter(number)].width = width
    indicators = catalogue.by_code()
    for code, year in catalogue.asked_for(data_year):
        found = known.get((code, year))
        about = [code, indicators[code].zh, indicators[code].unit, year]
        if found is None:
            page.append(about)
            continue
        number_text = None if found.value is None else decimal_text(found.value)
        page.append(
            [*about, _WORD[found.state], number_text, found.definition, _WORD[found.provenance], found.source]
        )
    for fact in catalogue.facts:
        page.append([fact.code, fact.zh, "、".join(fact.values)])
    for letter, choices in (("E", STATES), ("H", PROVENANCES)):
        rule = DataValidation(
            type="list", formula1=f'"{",".join(choice.zh for choice in choices)}"', allow_blank=True
        )
        page.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{page.max_row}")
    page.freeze_panes = "A2"
    _explain(book, catalogue)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _explain(book: Workbook, catalogue: IndicatorCatalogue) -> None:
    page = book.create_sheet("指标说明")
    page.append(["指标代码", "指标名称", "单位", "口径", "数据来源部门", "可能范围", "definition"])
    for entry in catalogue.indicators:
        bounds = f"{entry.range.minimum} ~ {entry.range.maximum}"
        page.append(
            [
                entry.code,
                entry.zh,
                entry.unit,
                entry.definition.zh,
                entry.source_department,
                bounds,
                entry.definition.en,
            ]
        )
