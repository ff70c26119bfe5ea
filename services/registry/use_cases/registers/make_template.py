"""A register's template to fill, as a workbook or as CSV."""

from typing import Literal

from services.registry.domain.registers.declared import register_of
from services.registry.spreadsheets import workbooks
from services.registry.spreadsheets.download import CSV, XLSX, Download


def make_template(code: str, form: Literal["xlsx", "csv"]) -> Download:
    register = register_of(code)
    if form == "csv":
        return Download(f"{register.code}.csv", CSV, workbooks.register_csv_template(register))
    return Download(f"{register.code}.xlsx", XLSX, workbooks.register_template(register))
