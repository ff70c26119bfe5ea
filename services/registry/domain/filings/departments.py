"""Source departments confirm the figures of their own indicators, and nobody else's."""

from collections.abc import Iterable, Set
from dataclasses import replace
from decimal import Decimal

from services.registry.domain.filings.content import Content, FigureKey, FiledValue
from services.registry.domain.filings.filing import Filing, FilingState
from services.registry.domain.programme.documents import IndicatorCatalogue
from shared.errors import Kind, NotFound, Refusal, RoleNotPermitted
from shared.text.units import is_same_unit
from shared.web.principals import Principal


class NothingToConfirm(Refusal):
    kind = Kind.CONFLICT
    code = "nothing-to-confirm"


def own_indicators(catalogue: IndicatorCatalogue, department: Principal) -> list[str]:
    """The codes of the indicators that a department confirms; refuses one that has none."""
    own = [
        entry.code
        for entry in catalogue.indicators
        if is_same_unit(department.department, entry.source_department)
    ]
    if not own:
        name = department.department or department.unit
        raise NothingToConfirm(f"{name} 没有需要确认的指标", f"{name} has no indicator to confirm")
    return own


def check_attestable(
    catalogue: IndicatorCatalogue, code: str, value: Decimal, *, department: Principal
) -> None:
    """Refuses an aggregate of an indicator that is not the department's, or a value that cannot be."""
    found = catalogue.by_code().get(code)
    if found is None:
        raise NotFound("指标", "indicator")
    if not is_same_unit(department.department, found.source_department):
        raise RoleNotPermitted(
            f"该指标由{found.source_department}提供",
            f"This indicator is for {found.source_department} to attest",
        )
    if not found.range.holds(value):
        raise NothingToConfirm("数值超出可能范围", "The value lies outside what is possible")


def unconfirmed_departments(
    catalogue: IndicatorCatalogue, confirmed: Set[FigureKey], values: Iterable[FiledValue]
) -> frozenset[str]:
    """The departments that have not yet confirmed all of their indicators' values."""
    indicators = catalogue.by_code()
    return frozenset(
        indicators[value.indicator].source_department
        for value in values
        if value.key not in confirmed
        and value.indicator in indicators  # what is not known stops the sign-off
    )


def confirmed(
    filing: Filing, content: Content, catalogue: IndicatorCatalogue, done: Set[FigureKey]
) -> Filing:
    """A step further; the filing moves on once all departments have confirmed (``done``: by anybody)."""
    left = unconfirmed_departments(catalogue, done, content.values)
    state = filing.state if left else FilingState.CONFIRMED
    return replace(filing, state=state, version=filing.version + 1)
