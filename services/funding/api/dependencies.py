"""Who may call what, and what the handlers need of the application."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Request

from services.funding.domain.orders.review_levels import ReviewLevels
from services.funding.use_cases.evidence.fetch_evidence import Upstream
from services.funding.use_cases.readers import WHOLE_BUDGET
from shared.web.auth import permit
from shared.web.fields import BusinessDate, Code, DivisionCode, Moment, Sha256
from shared.web.principals import Principal, Role, Scope
from shared.web.state import own_state

Officer = Annotated[Principal, permit(Role.PROVINCE_OFFICER, scope=Scope.OWN)]
#: What follows from rules and results alone, the yearly pipeline does as well.
Runner = Annotated[Principal, permit(Role.PROVINCE_OFFICER, Role.PIPELINE, scope=Scope.OWN)]
Proposer = Annotated[
    Principal, permit(Role.PROVINCE_OFFICER, Role.FINANCE_MAKER, Role.PIPELINE, scope=Scope.OWN)
]
FinanceMaker = Annotated[Principal, permit(Role.FINANCE_MAKER, scope=Scope.OWN)]
FinanceReviewer = Annotated[Principal, permit(Role.FINANCE_REVIEWER, scope=Scope.OWN)]
BudgetReader = Annotated[Principal, permit(*WHOLE_BUDGET, scope=Scope.OWN)]
LedgerReader = Annotated[
    Principal, permit(Role.FINANCE_MAKER, Role.FINANCE_REVIEWER, Role.AUDITOR, Role.PIPELINE, scope=Scope.OWN)
]
#: A desk that holds money: the province's, or a city's with quota for its districts.
OrderMaker = Annotated[Principal, permit(Role.FINANCE_MAKER, Role.CITY_FINANCE, scope=Scope.OWN)]
OrderReader = Annotated[Principal, permit(*WHOLE_BUDGET, Role.CITY_FINANCE, scope=Scope.OWN)]
QuotaHolder = Annotated[Principal, permit(Role.CITY_FINANCE, Role.COUNTY_FINANCE, scope=Scope.OWN)]
CountyFinance = Annotated[Principal, permit(Role.COUNTY_FINANCE, scope=Scope.OWN)]
PaymentReader = Annotated[Principal, permit(*WHOLE_BUDGET, Role.COUNTY_FINANCE, scope=Scope.WITHIN)]
#: Payments and reconciliations: of the own county, or of those below.
TreasuryReader = Annotated[
    Principal, permit(*WHOLE_BUDGET, Role.CITY_FINANCE, Role.COUNTY_FINANCE, scope=Scope.WITHIN)
]
Sealer = Annotated[Principal, permit(Role.PIPELINE, Role.FINANCE_REVIEWER, scope=Scope.INSTALLATION)]
#: The seals and the proof are of the whole ledger, whoever's money it is.
SealReader = Annotated[
    Principal,
    permit(Role.FINANCE_MAKER, Role.FINANCE_REVIEWER, Role.AUDITOR, Role.PIPELINE, scope=Scope.INSTALLATION),
]
ProgrammeOfficer = Annotated[Principal, permit(Role.PROVINCE_OFFICER, scope=Scope.PROGRAMME)]
ProjectKeeper = Annotated[
    Principal,
    permit(
        Role.PROVINCE_OFFICER,
        Role.COUNTY_PREPARER,
        Role.COUNTY_FINANCE,
        scope=Scope.WITHIN,
    ),
]
#: Counties and cities see what is theirs, beside those who see everything.
OwnReader = Annotated[
    Principal,
    permit(
        *WHOLE_BUDGET,
        Role.COUNTY_PREPARER,
        Role.COUNTY_SIGNER,
        Role.COUNTY_FINANCE,
        Role.CITY_REVIEWER,
        Role.CITY_FINANCE,
        scope=Scope.WITHIN,
    ),
]

#: Reference data is of everybody: whoever runs the installation takes it over.
RecodeKeeper = Annotated[Principal, permit(Role.PROVINCE_OFFICER, Role.PIPELINE, scope=Scope.INSTALLATION)]

DivisionCodePath = Annotated[DivisionCode, Path(description="the code that holds no more")]
PathCode = Annotated[Code, Path()]
RoundCode = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
AccountCode = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]*$")]
FiscalYear = Annotated[int | None, Query(ge=2000, le=2199)]
ReleaseHash = Annotated[Sha256, Query(description="the release that the list rests on")]
OptionalCode = Annotated[Code | None, Query()]
EffectiveAt = Annotated[BusinessDate | None, Query(description="business day, its end included")]
RecordedAt = Annotated[Moment | None, Query(description="as it was known at this moment")]


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingState:
    """What only funding holds while it runs."""

    upstream: Upstream
    levels: ReviewLevels


async def get_upstream(request: Request) -> Upstream:
    return own_state(request, FundingState).upstream


async def get_levels(request: Request) -> ReviewLevels:
    return own_state(request, FundingState).levels


LevelsDep = Annotated[ReviewLevels, Depends(get_levels)]
UpstreamDep = Annotated[Upstream, Depends(get_upstream)]
