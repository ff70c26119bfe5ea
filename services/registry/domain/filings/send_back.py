"""Whoever has a filing on the desk sends it back to the county, with a reason for each field; voids the sign-off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from services.registry.domain.filings.content import Content, FigureKey
from services.registry.domain.filings.filing import Filing, FilingState, Step, check_step
from shared.errors import Item, Kind, Refusal, RoleNotPermitted
from shared.web.principals import Principal, Role

#: Who may send a filing back, by where it lies.
_MAY_SEND_BACK: Final[Mapping[FilingState, frozenset[Role]]] = {
    FilingState.SIGNED_OFF: frozenset({Role.CITY_REVIEWER}),
    FilingState.RECOMMENDED: frozenset({Role.SOURCE_DEPARTMENT, Role.PROVINCE_OFFICER}),
    FilingState.CONFIRMED: frozenset({Role.PROVINCE_OFFICER}),
}


@dataclass(frozen=True, slots=True)
class FieldReason:
    """Why one figure of a filing is sent back."""

    indicator: str
    data_year: int
    reason: str

    @property
    def key(self) -> FigureKey:
        return (self.indicator, self.data_year)


class FieldNotFiled(Refusal):
    """A field is named that the filing does not have."""

    kind = Kind.INVALID
    code = "field-not-filed"


def sent_back(
    filing: Filing, content: Content, reasons: Sequence[FieldReason], *, reviewer: Principal
) -> Filing:
    """A draft again; refuses who does not have it on the desk, and reasons for figures that are not filed."""
    check_step(filing, Step.SENT_BACK)
    if not reviewer.has(*_MAY_SEND_BACK[filing.state]):
        raise RoleNotPermitted(
            "现在不由您办理,不能退回", "It does not lie with you now; you cannot send it back"
        )
    keys = {value.key for value in content.values}
    wrong = [
        Item(
            field=f"reasons[{index}]",
            rule="field-not-filed",
            zh=f"没有填报 {reason.indicator} {reason.data_year}",
            en=f"{reason.indicator} of {reason.data_year} is not filed",
            row=index + 1,
        )
        for index, reason in enumerate(reasons)
        if reason.key not in keys
    ]
    if wrong:
        raise FieldNotFiled(
            "退回理由所指的字段不存在", "A reason names a field that is not filed", items=wrong
        )
    return replace(
        filing,
        state=FilingState.DRAFT,
        version=filing.version + 1,
        signed_off_by=None,
        signed_off_hash=None,
    )
