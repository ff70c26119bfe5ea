"""From the rows of a spreadsheet to awards of before the system; everything wrong is named with row, column and rule.

A row is an award with the parts that it has become; an empty part is nothing. One row may have no cluster: what of the
line was awarded to nobody, back in the budget or carried over.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from services.funding.domain.openings.spreadsheet import (
    CODE,
    Row,
    Rows,
    codes_named,
    read_heading,
    refuse_if_wrong,
)
from services.funding.domain.orders.opening_orders import OpenedAward
from shared.errors import Item
from shared.text.money import FEN_PER_YUAN, MAX_FEN

#: The heading by its English names; either language, in any order.
COLUMNS: Final = {
    "cluster": "集群编码",
    "name": "集群名称",
    "county_code": "县级编码",
    "county_name": "县级名称",
    "document_number": "奖励文号",
    "document_date": "奖励日期",
    "awarded_yuan": "奖励金额（元）",
    "not_passed_down_yuan": "未下达（元）",
    "with_city_yuan": "市级未转下（元）",
    "with_county_yuan": "县级未支付（元）",
    "paid_yuan": "已支付（元）",
    "returned_yuan": "已收回（元）",
    "carried_over_yuan": "已结转（元）",
}
ROWS_LIMIT: Final = 1_001
PARTS: Final = tuple(column for column in COLUMNS if column.endswith("_yuan"))
_OF_NOBODY: Final = ("returned_yuan", "carried_over_yuan")
_DIVISION: Final = re.compile(r"[0-9]{6}")
_YUAN: Final = re.compile(r"(?:0|[1-9][0-9]{0,13})(?:\.[0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class OpenedSheet:
    """Awards in the order of the rows, and what was awarded to nobody."""

    awards: tuple[OpenedAward, ...]
    returned_fen: int
    carried_over_fen: int


def clusters_named(rows: Rows) -> set[str]:
    """What stands in the column of clusters and may be the code of one."""
    return codes_named(rows, COLUMNS, "cluster")


def read_opening(
    rows: Rows, paths: Mapping[str, Sequence[str]], counties: Mapping[str, str | None]
) -> OpenedSheet:
    """``paths``: of each division, from the province down; ``counties``: that of each cluster, none where the registry
    knows no such cluster."""
    heading = read_heading(rows, COLUMNS)
    items: list[Item] = []
    awards: list[OpenedAward] = []
    of_nobody: list[_Row] = []
    for number, cells in rows[1:]:
        row = _Row(number, dict(zip(heading, cells, strict=False)), items)
        row.check_beside(heading, cells)
        if row.cells.get("cluster", ""):
            award = row.award(paths, counties)
            awards += [] if award is None else [award]
        else:
            row.check_of_nobody(is_first=not of_nobody)
            of_nobody.append(row)
    returned, carried = (sum(row.fen(column) for row in of_nobody[:1]) for column in _OF_NOBODY)
    refuse_if_wrong(items)
    return OpenedSheet(tuple(awards), returned, carried)


class _Row(Row):
    def award(
        self, paths: Mapping[str, Sequence[str]], counties: Mapping[str, str | None]
    ) -> OpenedAward | None:
        """The row's award; none, with its reasons, where something is wrong."""
        before = len(self.items)
        county = self.code("county_code", _DIVISION, "应为六位区划编码", "a division code has six digits")
        path = tuple(paths.get(county, ()))
        if county and not path:
            self.wrong(
                "county_code", "known-division", "区划登记中没有该编码", "the register has no such division"
            )
        cluster = self.code("cluster", CODE, "不是集群编码", "this is not the code of a cluster")
        if cluster and counties.get(cluster) is None:
            self.wrong("cluster", "known-cluster", "没有登记该集群", "the registry has no such cluster")
        elif cluster and path and counties[cluster] != county:
            zh, en = f"集群 {cluster} 属于 {counties[cluster]}", f"{cluster} is of {counties[cluster]}"
            self.wrong("county_code", "county-of-cluster", zh, en)
        values = {
            "row": self.number,
            "cluster": cluster,
            "name": self.name("name"),
            "county_code": county,
            "county_name": self.name("county_name"),
            "division_path": path,
            "document_number": self.document_number(),
            "document_date": self.day("document_date"),
            **{column.replace("_yuan", "_fen"): self.fen(column) for column in PARTS},
        }
        if len(self.items) == before and not values["awarded_fen"]:
            self.wrong("awarded_yuan", "amount", "奖励金额须大于0", "an award is more than 0")
        return OpenedAward.model_validate(values) if len(self.items) == before else None

    def check_of_nobody(self, *, is_first: bool) -> None:
        """Without a cluster there is one row, and only what went back or was carried over."""
        if not is_first:
            zh, en = "没有集群的行只能有一行", "there is one row without a cluster at most"
            self.wrong("cluster", "one-row-without-cluster", zh, en)
        for column in [*COLUMNS][1:]:
            if column not in _OF_NOBODY and self.cells.get(column, ""):
                zh, en = (
                    "没有集群的行只填已收回、已结转",
                    "without a cluster money is only returned or carried over",
                )
                self.wrong(column, "without-cluster", zh, en)

    def fen(self, column: str) -> int:
        text = self.text(column)
        if not text:
            return 0
        fen = int(Decimal(text) * FEN_PER_YUAN) if _YUAN.fullmatch(text) else -1
        if not 0 <= fen <= MAX_FEN:
            zh, en = "金额应为元，如 7000000.00", "an amount is in yuan, such as 7000000.00"
            self.wrong(column, "amount", zh, en)
            return 0
        return fen
