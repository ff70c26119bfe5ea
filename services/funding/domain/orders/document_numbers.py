"""One number, one document: what may bear the same document number, and what may not.

A document of a finance department decides several orders at once: those that its desk makes under one number and day
and that are reviewed together, each about something else. The document that passes quota of a line down is usually the
one that issues the line's award list. Everything else with a number that is taken already is another document.
"""

from collections.abc import Iterator, Sequence

from services.funding.domain.orders.facts import Asked, DocumentUse
from services.funding.domain.orders.money_orders import CarryIn, Grant, MoneyMovingOrder, PassDown
from services.funding.domain.orders.opening_orders import (
    EarlierListings,
    EarlierListingsReversal,
    OpeningOrder,
)
from services.funding.domain.orders.record_orders import (
    AppropriationCorrection,
    AwardListNumber,
    FinanceDivisionCodes,
    NewAppropriation,
)
from shared.errors import Item


def use_of(asked: Asked, *, is_decided: bool = False) -> DocumentUse | None:
    """What bears the number that an order takes: the line or the list that it records, or the order itself."""
    order, line = asked.order, asked.line or ""
    match order:
        case NewAppropriation():
            return DocumentUse(
                "appropriation", line, asked.desk, order.document_date, line, budget=asked.budget
            )
        case AppropriationCorrection():
            return DocumentUse("appropriation", line, asked.desk, None, line, budget=asked.budget)
        case AwardListNumber():
            return DocumentUse(
                "award_list", order.award_list, asked.desk, order.document_date, line, budget=asked.budget
            )
        case FinanceDivisionCodes() | EarlierListings() | EarlierListingsReversal():
            return None
        case _:
            return DocumentUse(
                "fund_order",
                asked.number or "",
                asked.desk,
                order.document_date,
                line,
                kind=order.kind,
                about=_about(order),
                is_decided=is_decided,
                budget=asked.budget,
            )


def clashes(
    wanted: DocumentUse,
    others: Sequence[DocumentUse],
    *,
    number: str,
    is_new: bool,
    at: str = "document_number",
) -> Iterator[Item]:
    """Every other thing with this number that is not of the same document; what the desk may not see is not named.

    ``is_new``: ``wanted`` is being proposed; what joins a document does so before any of its orders is decided.
    """
    for other in others:
        reason = _difference(wanted, other, is_new=is_new)
        if reason is not None and not other.is_seen_by(wanted.division_code):
            zh = f"文号 {number} 已用于其他单位的文件,请核对本单位文件的文号"
            en = f"the document number {number} is that of another office's document; check the number of yours"
            yield Item(at, "document-number-once", zh, en)
        elif reason is not None:
            (zh, en), (bearer_zh, bearer_en) = reason, other.name
            yield Item(
                at,
                "document-number-once",
                f"文号 {number} 已用于{bearer_zh}:{zh}",
                f"the document number {number} is that of {bearer_en} already: {en}",
            )


def _difference(wanted: DocumentUse, other: DocumentUse, *, is_new: bool) -> tuple[str, str] | None:
    """Why both cannot be of one document."""
    if wanted.bearer != "fund_order" and (wanted.bearer, wanted.code) == (other.bearer, other.code):
        return None
    bearers = {wanted.bearer, other.bearer}
    if "appropriation" in bearers or bearers == {"award_list"}:
        return "另一文件", "another document"
    if (wanted.division_code, wanted.dated) != (other.division_code, other.dated):
        return (
            f"该文件由 {other.division_code} 于 {other.dated} 印发",
            f"that document is of {other.division_code} and of {other.dated}",
        )
    if "award_list" in bearers:
        return _beside_list(wanted, other)
    return _beside_order(wanted, other, is_new=is_new)


def _beside_list(wanted: DocumentUse, other: DocumentUse) -> tuple[str, str] | None:
    """A list's document may pass down quota of its own line."""
    order = wanted if wanted.bearer == "fund_order" else other
    if order.kind == "pass_down" and wanted.appropriation == other.appropriation:
        return None
    return (
        "名单文件只能同时下达该项预算安排的指标",
        "a list's document also passes quota of its own line down, and does nothing else",
    )


def _beside_order(wanted: DocumentUse, other: DocumentUse, *, is_new: bool) -> tuple[str, str] | None:
    if wanted.about & other.about:
        return "同一事项", "it is about the same matter"
    if is_new and other.is_decided:
        return "该文件的资金单已审核", "the orders of that document are decided already"
    return None


def _about(order: MoneyMovingOrder | OpeningOrder) -> frozenset[tuple[str, ...]]:
    """What an order is about: two of one document never say the same thing twice."""
    line = (order.kind, order.appropriation)
    match order:
        case PassDown():
            return frozenset((*line, entry.cluster, entry.to_division) for entry in order.lines)
        case Grant():
            return frozenset({(*line, order.project)})
        case CarryIn():
            return frozenset({(*line, order.into)})
        case _:
            named = ("cluster", "division", "left_in", "method", "disposition")
            return frozenset({(*line, *(str(getattr(order, name, "") or "") for name in named))})
