"""The quota that a county's plan spends, what other plans leave of it, and the uses that its award's rules name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.orders.facts import Plan
from services.funding.domain.payments.budget_plan_checks import plan_reasons
from services.funding.domain.payments.postings import Quota
from services.funding.domain.rounds.round import KeptAward
from services.funding.domain.rules.document_form import DocumentNumberForm
from services.funding.domain.rules.vocabulary import Use
from services.funding.storage.ledger.postings import lock_accounts
from services.funding.storage.orders.fund_orders import grants_of
from services.funding.storage.orders.openings import opened_paths
from services.funding.storage.payments.budget_projects import open_plans
from services.funding.storage.rounds.allocations import issued_awards_of
from services.funding.storage.rounds.appropriations import find_appropriation
from services.funding.storage.rounds.rounds import kept_round
from services.funding.storage.rules import document_number_form, kept_rules
from shared.data.division_recodes import read_recodes
from shared.errors import Item, NotFound
from shared.web.fields import Code, DocumentNumber


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """``held_fen``: what the county holds of the quota; ``plans``: its open plans; ``named_uses``: of the award, null
    where a grant alone gave the quota."""

    held_fen: int
    plans: Sequence[Plan]
    named_uses: Sequence[Use] | None
    granted: bool
    consent_form: DocumentNumberForm

    def plan_of(self, code: str) -> Plan | None:
        return next((plan for plan in self.plans if plan.code == code), None)

    def reasons(
        self,
        use: Code,
        consent: DocumentNumber | None,
        to_pay_fen: int,
        *,
        besides: Iterable[str] = (),
        new_consent: bool = True,
        at: str = "",
    ) -> list[Item]:
        """Against a plan that is still to pay ``to_pay_fen``, beside all others but ``besides``; ``new_consent``: the
        consent was not given before, so its number has to have the form that is asked for now."""
        others = (plan.planned_fen - plan.paid_fen for plan in self.plans if plan.code not in besides)
        wrong = (
            None
            if consent is None or not new_consent
            else self.consent_form.problem(consent, at=f"{at}consent_document_number")
        )
        return [
            *plan_reasons(
                to_pay_fen,
                use,
                held_fen=self.held_fen,
                unspent_fen=sum(others),
                named_uses=self.named_uses,
                consent=consent,
                granted=self.granted,
                at=at,
            ),
            *([] if wrong is None else [wrong]),
        ]


async def read_plan_facts(
    session: AsyncSession, *, county: str, appropriation: Code, cluster: Code
) -> PlanFacts:
    """The county is locked already; its accounts are locked here. Raises :class:`NotFound` where the county has no
    quota of the cluster out of the line."""
    line = await find_appropriation(session, appropriation)
    granted = (await grants_of(session, [appropriation]))[appropriation].get(cluster)
    awards = (await issued_awards_of(session, [appropriation]))[appropriation]
    award = next((entry for entry in awards if entry.cluster == cluster), None)
    opened = (await opened_paths(session, [appropriation]))[appropriation].get(cluster)
    kept = (await read_recodes(session)).kept
    path = award.division_path if award is not None else opened or granted
    if line is None or path is None or kept(path[-1]) != county:
        raise NotFound("指标(本县没有该集群的奖励)", "quota: your county has no award of this cluster")
    quota = Quota(line.books, county, cluster)
    balances = await lock_accounts(session, [quota.held, quota.paid])
    return PlanFacts(
        held_fen=balances[quota.held],
        plans=await open_plans(session, [(appropriation, county, cluster)]),
        named_uses=await _named_uses(session, award, opened=opened is not None),
        granted=granted is not None,
        consent_form=await document_number_form(session, line.programme),
    )


async def _named_uses(
    session: AsyncSession, award: KeptAward | None, *, opened: bool
) -> Sequence[Use] | None:
    """27号 三(二): what the rules by which the round was allocated say that the money is for. What was awarded before
    the system follows no rules that it knows: the use is the county's to say."""
    if award is None:
        return () if opened else None
    round_ = await kept_round(session, award.round)
    return (await kept_rules(session, round_.incentive, round_.incentive_version)).rules.uses
