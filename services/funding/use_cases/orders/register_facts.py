"""What the registry says about an order: its programme and years, its divisions, the way to a grant's county."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.funding.domain.orders.facts import Register
from services.funding.domain.orders.kinds import FundOrder
from services.funding.domain.orders.money_orders import Grant
from services.funding.domain.orders.opening_orders import EarlierListings
from services.funding.domain.orders.record_orders import (
    AppropriationCorrection,
    FinanceDivisionCodes,
    NewAppropriation,
)
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from shared.http.client import ServiceProblem
from shared.http.registry import RegistryClient
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class Asking:
    """``register``: by what an order is judged when it is made; ``grant_path``: of a grant, empty where the registry
    knows no way."""

    register: Register
    grant_path: Sequence[str] | None = None


async def ask_registry(
    upstream: Upstream, principal: Principal, order: FundOrder, *, programme: str | None
) -> Asking:
    """``programme``: of the order's line, where the order itself names none."""
    registry = upstream.registry.acting_for(principal.subject)
    match order:
        case Grant():
            return Asking(Register(), await _path_of(registry, order.cluster))
        case FinanceDivisionCodes():
            return Asking(Register(divisions=await registry.division_paths()))
        case NewAppropriation() | EarlierListings():
            return Asking(await _programme(registry, order.programme, desk=principal.division))
        case AppropriationCorrection():
            named = order.changes.programme or programme
            return Asking(
                Register() if named is None else await _programme(registry, named, desk=principal.division)
            )
        case _:
            return Asking(Register())


async def _path_of(registry: RegistryClient, cluster: str) -> Sequence[str]:
    try:
        county = (await registry.cluster(cluster)).county_code
    except ServiceProblem as problem:
        if problem.status == 404:
            return ()
        raise
    return await registry.division_path(county)


async def _programme(registry: RegistryClient, code: str, *, desk: str) -> Register:
    """Of the desk's own division, or of one above it: a city puts money of its own to the province's programme."""
    try:
        found = await registry.programme(code)
    except ServiceProblem as problem:
        if problem.status == 404:
            return Register(known_programme=False)
        raise
    if found.division_code != desk and found.division_code not in await registry.division_path(desk):
        return Register(known_programme=False)
    budget = found.budget
    if budget is None:
        return Register()
    return Register(
        fiscal_years=(budget.fiscal_years.first, budget.fiscal_years.last),
        functional_classes={entry.code: entry.name for entry in budget.functional_classes} or None,
    )
