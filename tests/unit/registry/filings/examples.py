"""A filing with two figures, and the people who handle it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from services.registry.domain.filings.checks.figures import Finding
from services.registry.domain.filings.content import Content, FiledValue
from services.registry.domain.filings.filing import Filing, FilingKind, FilingState
from services.registry.domain.filings.rounds import Round
from services.registry.domain.programme.calendars import Calendar
from services.registry.domain.programme.documents import IndicatorCatalogue, Programme
from shared.web.principals import Principal, Role
from tests.support import programme

CATALOGUE = IndicatorCatalogue.model_validate(programme.document("indicators"))
PROGRAMME = Programme.model_validate(programme.document("programme"))
CALENDAR = Calendar.model_validate(programme.calendar())
CLUSTER, YEAR = "421303-01", 2023
REVENUE, TAX = ("operating_revenue", YEAR), ("tax_paid", YEAR)


def value(key: tuple[str, int], number: str, **more: Any) -> FiledValue:
    filed = FiledValue(*key, "value", Decimal(number), "按指标目录", "reported", "年报")
    return replace(filed, **more)


CONTENT = Content((value(REVENUE, "1000"), value(TAX, "50")), {}, ())


def filing(state: FilingState = FilingState.DRAFT, **more: Any) -> Filing:
    made = Filing(
        code=f"R.{CLUSTER}",
        kind=FilingKind.ANNUAL_RETURN,
        round_code="R",
        cluster_code=CLUSTER,
        division_path=("420000", "421300", "421303"),
        state=state,
        version=3,
        content_hash=CONTENT.hash(cluster=CLUSTER, round_code="R"),
        prepared_by="preparer",
        signed_off_by=None,
        signed_off_hash=None,
    )
    return replace(made, **more)


def person(*roles: Role, department: str | None = None) -> Principal:
    return Principal("somebody", "某人", frozenset(roles), "420000", "某单位", department=department)


def finding(**more: Any) -> Finding:
    return replace(Finding("range", "error", False, REVENUE[0], YEAR, "超出", "out of range"), **more)


def round_of(
    kind: Literal["application", "assessment"], *, catalogue: IndicatorCatalogue | None = CATALOGUE
) -> Round:
    changed = {
        "kind": kind,
        "data_year": YEAR,
        "opens_on": date(2024, 6, 1),
        "closes_on": date(2024, 6, 30),
        "cut_off": date(2024, 7, 15),
    }
    return Round(PROGRAMME, catalogue, 2024, CALENDAR.rounds[0].model_copy(update=changed))
