"""A finance officer enters which projects had priority before the system; somebody else confirms it."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.openings.listings import ROWS_LIMIT, projects_named, read_listings
from services.funding.domain.orders.facts import Register
from services.funding.domain.orders.opening_orders import EarlierListings, EarlierListingsReversal
from services.funding.domain.orders.order import OrderState
from services.funding.domain.orders.orders import KeptOrder
from services.funding.domain.priority.registered import RegisteredProject
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from services.funding.use_cases.openings.read_spreadsheet import read_spreadsheet
from services.funding.use_cases.orders.propose_fund_order import propose_fund_order
from services.funding.use_cases.orders.register_facts import Asking, ask_registry
from services.funding.use_cases.orders.show_fund_orders import show_fund_order
from services.funding.use_cases.projects.register_project import registered_project
from shared.data.business_clock import BusinessClock
from shared.errors import NotFound
from shared.http.registry import RegistryClient
from shared.web.fields import Note
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class PreparedListings:
    """The order, and what the registry says of its programme."""

    order: EarlierListings
    asking: Asking


class ListingsReversalWanted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    reason: Note


async def prepare_listings(
    upstream: Upstream, principal: Principal, content: bytes, *, programme: str, reason: str
) -> PreparedListings:
    """Reads the spreadsheet; what each project is, the register says. One outside of the own division is as unknown as
    one that is not there."""
    rows = await read_spreadsheet(content, limit=ROWS_LIMIT)
    registry = upstream.registry.acting_for(principal.subject)
    known = {code: await _own(registry, principal, code) for code in sorted(projects_named(rows))}
    listings = read_listings(rows, known)
    order = EarlierListings(kind="earlier_listings", reason=reason, programme=programme, listings=listings)
    return PreparedListings(order, await ask_registry(upstream, principal, order, programme=programme))


async def _own(registry: RegistryClient, principal: Principal, code: str) -> RegisteredProject | None:
    found = await registered_project(registry, code)
    return found if found is not None and principal.covers(found.division_path) else None


async def propose_listings(
    session: AsyncSession, principal: Principal, prepared: PreparedListings, *, clock: BusinessClock
) -> KeptOrder:
    """A fund order like any: with its reasons and review by another person; no money moves."""
    return await propose_fund_order(session, principal, prepared.order, prepared.asking, clock=clock)


async def propose_listings_reversal(
    session: AsyncSession,
    principal: Principal,
    number: str,
    wanted: ListingsReversalWanted,
    *,
    clock: BusinessClock,
) -> KeptOrder:
    """All that the order entered."""
    kept = await show_fund_order(session, principal, number)
    entered = kept.order
    if kept.state is not OrderState.APPROVED or not isinstance(entered, EarlierListings):
        raise NotFound("已确认的系统启用前清单", "confirmed listings of before the system")
    order = EarlierListingsReversal(
        kind="earlier_listings_reversal", reason=wanted.reason, programme=entered.programme, opening=number
    )
    return await propose_fund_order(session, principal, order, Asking(Register()), clock=clock)
