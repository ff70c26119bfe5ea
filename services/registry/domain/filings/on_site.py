"""A third-party evaluator checks figures on the spot: the original and the confirmed value are both kept.

The signed content stays as it is; when the province accepts, a confirmed value takes the place of the original
that it was checked against. A figure that the county changed since is not touched by an older check.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from services.registry.domain.filings.checks.figures import FilingHasErrors
from services.registry.domain.filings.checks.values import check_one
from services.registry.domain.filings.content import Content, FiledValue
from services.registry.domain.filings.filing import Filing, FilingState, StepNotPossible
from services.registry.domain.filings.send_back import FieldNotFiled
from services.registry.domain.programme.documents import Indicator
from shared.errors import Item

_CHECKABLE: Final = frozenset({FilingState.SIGNED_OFF, FilingState.RECOMMENDED, FilingState.CONFIRMED})


@dataclass(frozen=True, slots=True)
class OnSiteCheck:
    """One figure as it was filed and as it was found, by whom, when, and on what grounds."""

    id: UUID
    filing_code: str
    indicator: str
    data_year: int
    original: Decimal | None
    confirmed: Decimal
    note: str
    checked_by: str
    unit: str
    business_date: date


def checkable_value(
    filing: Filing,
    content: Content,
    indicators: Mapping[str, Indicator],
    *,
    indicator: str,
    data_year: int,
    confirmed: Decimal,
) -> FiledValue:
    """The filed value to be checked; refuses one that is not filed, and a confirmed one that cannot be.

    A confirmed value goes into the accepted content without passing the other rules again.
    """
    if filing.state not in _CHECKABLE:
        raise StepNotPossible(
            "盖章之后、审核通过之前才能现场核查",
            "A check on the spot comes after sign-off and before acceptance",
        )
    filed = next((value for value in content.values if value.key == (indicator, data_year)), None)
    if filed is None:
        raise FieldNotFiled(
            "没有填报这一项", "That figure is not filed",
            items=[Item(field=f"{indicator}.{data_year}", rule="field-not-filed", zh="没有填报", en="not filed")],
        )  # fmt: skip
    findings = check_one(replace(filed, value=confirmed), indicators)
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise FilingHasErrors(
            "核查值不可能", "The confirmed value is not possible",
            items=[Item(field="confirmed", rule=error.rule, zh=error.zh, en=error.en) for error in errors],
        )  # fmt: skip
    return filed


def with_confirmed_values(content: Content, checks: Iterable[OnSiteCheck]) -> Content:
    """The content with the newest confirmed value of each figure (the last of ``checks``), where it still stands."""
    newest = {(check.indicator, check.data_year): check for check in checks}
    values = []
    for value in content.values:
        check = newest.get(value.key)
        if check is None or check.original != value.value or check.confirmed == value.value:
            values.append(value)
            continue
        values.append(
            replace(
                value,
                value=check.confirmed,
                state="zero" if check.confirmed == 0 else "value",
                source=f"{value.source};现场核查:{check.unit}"[:200],
            )
        )
    return replace(content, values=tuple(values))


def accepted(filing: Filing, before: Content, after: Content) -> Filing:
    """Accepted by the province, with the content as it was confirmed on the spot."""
    changed = replace(filing, state=FilingState.ACCEPTED, version=filing.version + 1)
    if after == before:
        return changed
    content_hash = after.hash(cluster=filing.cluster_code, round_code=filing.round_code)
    return replace(changed, content_hash=content_hash)
