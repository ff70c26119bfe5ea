"""A finance officer enters what was awarded from a line before the system; somebody else confirms the balances."""

from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.openings.awards import ROWS_LIMIT, OpenedSheet, clusters_named, read_opening
from services.funding.domain.orders.facts import Register
from services.funding.domain.orders.opening_orders import Opening, OpeningReversal
from services.funding.domain.orders.orders import KeptOrder
from services.funding.domain.refusals import FundOrderNotPossible
from services.funding.storage.rounds.appropriations import find_appropriation
from services.funding.storage.rules import purposes_of
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from services.funding.use_cases.openings.read_spreadsheet import read_spreadsheet
from services.funding.use_cases.openings.show_openings import own_opening
from services.funding.use_cases.orders.propose_fund_order import propose_fund_order
from services.funding.use_cases.orders.register_facts import Asking
from shared.data.business_clock import BusinessClock
from shared.errors import Item, NotFound
from shared.http.client import ServiceProblem
from shared.http.registry import RegistryClient
from shared.web.fields import BusinessDate, DocumentNumber, Note
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class OpeningWanted:
    """What an opening says beside its spreadsheet; ``document_date``: the day as of which the balances are."""

    appropriation: str
    assessment_year: int
    purpose: str
    document_number: str
    document_date: date
    reason: str


class ReversalWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    document_number: DocumentNumber
    document_date: BusinessDate
    reason: Note


async def prepare_opening(upstream: Upstream, principal: Principal, content: bytes) -> OpenedSheet:
    """Reads the spreadsheet; clusters are the registry's, and each county stands where the division register has it."""
    rows = await read_spreadsheet(content, limit=ROWS_LIMIT)
    named = clusters_named(rows)
    registry = upstream.registry.acting_for(principal.subject)
    paths = await registry.division_paths()
    below = {code: path for code, path in paths.items() if principal.division in path[:-1]}
    return read_opening(rows, below, {code: await _county_of(registry, code) for code in sorted(named)})


async def _county_of(registry: RegistryClient, cluster: str) -> str | None:
    try:
        return (await registry.cluster(cluster)).county_code
    except ServiceProblem as problem:
        if problem.status == 404:
            return None
        raise


async def propose_opening(
    session: AsyncSession,
    principal: Principal,
    wanted: OpeningWanted,
    sheet: OpenedSheet,
    *,
    clock: BusinessClock,
) -> KeptOrder:
    """A fund order like any: with its reasons, review by another person, and transfer."""
    await _check_purpose(session, principal, wanted)
    order = Opening(
        kind="opening",
        reason=wanted.reason,
        appropriation=wanted.appropriation,
        document_number=wanted.document_number,
        document_date=wanted.document_date,
        assessment_year=wanted.assessment_year,
        purpose=wanted.purpose,
        awards=sheet.awards,
        returned_fen=sheet.returned_fen,
        carried_over_fen=sheet.carried_over_fen,
    )
    return await propose_fund_order(session, principal, order, Asking(Register()), clock=clock)


async def _check_purpose(session: AsyncSession, principal: Principal, wanted: OpeningWanted) -> None:
    """Awards count for the purpose that rules give money for: another word would never be found again."""
    line = await find_appropriation(session, wanted.appropriation)
    if line is None or not principal.covers([line.division_code]):
        raise NotFound("预算安排", "appropriation")
    known = sorted(await purposes_of(session, line.programme))
    listed = ", ".join(known) or "—"
    if wanted.purpose not in known:
        zh = f"{line.programme} 已发布的激励规则没有用途 {wanted.purpose}（有：{listed}）"
        en = f"no published rules of {line.programme} have the purpose {wanted.purpose} ({listed})"
        items = [Item("purpose", "known-purpose", zh, en)]
        raise FundOrderNotPossible(
            "期初未录入，未作任何变动", "The opening was not entered; nothing was changed", items=items
        )


async def propose_reversal(
    session: AsyncSession, principal: Principal, number: str, wanted: ReversalWanted, *, clock: BusinessClock
) -> KeptOrder:
    """All that the opening entered, by value."""
    kept = await own_opening(session, principal, number)
    opening = kept.order
    if kept.transfer_id is None or not isinstance(opening, Opening):
        raise NotFound("已确认的期初余额", "confirmed opening")
    order = OpeningReversal(
        kind="opening_reversal",
        reason=wanted.reason,
        appropriation=opening.appropriation,
        document_number=wanted.document_number,
        document_date=wanted.document_date,
        awards=opening.awards,
        returned_fen=opening.returned_fen,
        carried_over_fen=opening.carried_over_fen,
        opening=number,
        opened_by=kept.transfer_id,
    )
    return await propose_fund_order(session, principal, order, Asking(Register()), clock=clock)
