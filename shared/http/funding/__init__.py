"""Typed client of funding; a file for each part of its interface, as in the service."""

from shared.http.funding.awards import AwardCalls
from shared.http.funding.budget_projects import BudgetProjectCalls
from shared.http.funding.fund_orders import FundOrderCalls
from shared.http.funding.ledger import LedgerCalls
from shared.http.funding.openings import OpeningCalls
from shared.http.funding.payments import PaymentCalls
from shared.http.funding.projects import PriorityCalls
from shared.http.funding.rounds import RoundCalls
from shared.http.funding.rules import RuleCalls
from shared.http.funding.simulations import SimulationCalls
from shared.http.recodes import RecodeCalls


class FundingClient(
    RuleCalls,
    RoundCalls,
    SimulationCalls,
    AwardCalls,
    FundOrderCalls,
    OpeningCalls,
    BudgetProjectCalls,
    PaymentCalls,
    PriorityCalls,
    LedgerCalls,
    RecodeCalls,
):
    """Everything that clients ask of funding."""

    service = "funding"
