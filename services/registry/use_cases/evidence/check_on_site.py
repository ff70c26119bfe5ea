"""A third-party evaluator checks figures on the spot and records the original and the confirmed value.

The signed content stays as it is; when the province accepts, a confirmed value takes the place of the original
that it was checked against. A figure that the county changed since is not touched by an older check.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.checks.values import check_one
from services.registry.domain.filings.filing import (
    Content,
    FiledValue,
    FilingHasErrors,
    FilingKind,
    FilingState,
    StepNotPossible,
)
from services.registry.domain.filings.rounds import Round
from services.registry.storage.filings import filing_desk
from services.registry.use_cases.filings.advance_filing import FieldNotFiled
from services.registry.use_cases.filings.load_filing import lock_filing
from shared.data.events import append_event
from shared.errors import Item
from shared.text.identifiers import new_id
from shared.web.principals import Principal

_CHECKABLE = frozenset({FilingState.SIGNED_OFF, FilingState.RECOMMENDED, FilingState.CONFIRMED})


async def check_on_site(
    session: AsyncSession,
    code: str,
    *,
    kind: FilingKind,
    indicator: str,
    data_year: int,
    confirmed: Decimal,
    note: str,
    today: date,
    actor: Principal,
) -> Mapping[str, Any]:
    seen = await lock_filing(session, code, kind=kind, actor=actor)
    seen.round.check_before_cut_off(today)
    if seen.filing.state not in _CHECKABLE:
        raise StepNotPossible(
            "盖章之后、受理之前才能现场核查", "A check on the spot comes after sign-off and before acceptance"
        )
    filed = next((value for value in seen.content.values if value.key == (indicator, data_year)), None)
    if filed is None:
        raise FieldNotFiled(
            "没有填报这一项", "That figure is not filed",
            items=[Item(field=f"{indicator}.{data_year}", rule="field-not-filed", zh="没有填报", en="not filed")],
        )  # fmt: skip
    _require_possible(replace(filed, value=confirmed), seen.round)
    row = {
        "id": new_id(), "filing_code": code, "indicator": indicator, "data_year": data_year, "original": filed.value,
        "confirmed": confirmed, "note": note, "checked_by": actor.subject, "unit": actor.unit, "business_date": today,
    }  # fmt: skip
    await filing_desk.add_on_site_check(session, row)
    await append_event(
        session,
        f"{kind.value}.checked_on_site",
        subject=code,
        actor=actor.actor,
        data={"indicator": indicator, "data_year": data_year, "differs": filed.value != confirmed},
    )
    return row


def _require_possible(value: FiledValue, current: Round) -> None:
    """A confirmed value goes into the accepted content without passing the rules again."""
    indicators = current.indicators().by_code()
    errors = [finding for finding in check_one(value, indicators) if finding.severity == "error"]
    if errors:
        raise FilingHasErrors(
            "核查值不可能", "The confirmed value is not possible",
            items=[Item(field="confirmed", rule=error.rule, zh=error.zh, en=error.en) for error in errors],
        )  # fmt: skip


def with_confirmed_values(content: Content, checks: Iterable[Mapping[str, Any]]) -> Content:
    """The content with the newest confirmed value of each figure, where it was checked as it stands."""
    newest = {(check["indicator"], check["data_year"]): check for check in checks}
    values = []
    for value in content.values:
        check = newest.get(value.key)
        if check is None or check["original"] != value.value or check["confirmed"] == value.value:
            values.append(value)
            continue
        confirmed = Decimal(check["confirmed"])
        values.append(
            replace(
                value,
                value=confirmed,
                state="zero" if confirmed == 0 else "value",
                source=f"{value.source};现场核查:{check['unit']}"[:200],
            )
        )
    return replace(content, values=tuple(values))
