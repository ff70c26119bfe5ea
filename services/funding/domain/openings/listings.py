"""From the rows of a spreadsheet to projects that had priority before the system.

A row names a project and the document by which it was listed; what the project is, the registry's register says.
"""

from collections.abc import Mapping
from typing import Final

from services.funding.domain.openings.spreadsheet import (
    CODE,
    Row,
    Rows,
    codes_named,
    read_heading,
    refuse_if_wrong,
)
from services.funding.domain.orders.opening_orders import MAX_LISTINGS, EarlierListing
from services.funding.domain.priority.registered import RegisteredProject
from services.funding.domain.refusals import OpeningInvalid
from shared.errors import Item
from shared.text.money import MAX_FEN

#: The heading by its English names; either language, in any order.
COLUMNS: Final = {
    "project_code": "项目代码",
    "instrument": "支持方式",
    "document_number": "列入文号",
    "document_date": "列入日期",
    "valid_from": "有效期起",
    "valid_to": "有效期止",
}
ROWS_LIMIT: Final = MAX_LISTINGS + 1


def projects_named(rows: Rows) -> set[str]:
    """What stands in the column of projects and may be the code of one."""
    return codes_named(rows, COLUMNS, "project_code")


def read_listings(rows: Rows, projects: Mapping[str, RegisteredProject | None]) -> tuple[EarlierListing, ...]:
    """``projects``: as the register has each; none where it has no such project, or not within the division of whoever
    asks."""
    heading = read_heading(rows, COLUMNS)
    if len(rows) == 1:
        raise OpeningInvalid("表头之下没有任何行", "There is no row below the heading")
    items: list[Item] = []
    listings = []
    for number, cells in rows[1:]:
        row = _Row(number, dict(zip(heading, cells, strict=False)), items)
        row.check_beside(heading, cells)
        listing = row.listing(projects)
        listings += [] if listing is None else [listing]
    refuse_if_wrong(items)
    return tuple(listings)


class _Row(Row):
    def listing(self, projects: Mapping[str, RegisteredProject | None]) -> EarlierListing | None:
        """The row's listing; none, with its reasons, where something is wrong."""
        before = len(self.items)
        project = self._project(projects)
        values = {
            "row": self.number,
            "instrument": self.code(
                "instrument", CODE, "不是支持方式编码", "this is not the code of an instrument"
            ),
            "document_number": self.document_number(),
            "document_date": self.day("document_date"),
            "valid_from": self.day("valid_from"),
            "valid_to": self.day("valid_to"),
        }
        if project is None or len(self.items) > before:
            return None
        return EarlierListing.model_validate(
            values
            | {
                "project_code": project.code,
                "project": project.name,
                "county_code": project.county_code,
                "division_path": tuple(project.division_path),
                "cluster": project.cluster,
                "unit": project.unit,
                "investment_fen": project.investment_fen,
            }
        )

    def _project(self, projects: Mapping[str, RegisteredProject | None]) -> RegisteredProject | None:
        code = self.code("project_code", CODE, "不是项目代码", "this is not the code of a project")
        if not code:
            return None
        project = projects.get(code)
        if project is None:
            zh, en = f"登记簿中没有项目 {code}", f"the register has no project {code}"
            self.wrong("project_code", "known-project", zh, en)
        elif not 0 < project.investment_fen <= MAX_FEN:
            zh, en = "登记簿中的总投资为零或过大", "the investment in the register is nothing, or too much"
            self.wrong("project_code", "amount", zh, en)
        return project
