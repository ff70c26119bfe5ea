"""Who may call what, and what the handlers need of the application."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Request

from services.scoring.use_cases.releases.show_releases import WHOLE_RELEASE
from services.scoring.use_cases.releases.sign_release import Signer
from shared.calendar.working_days import WorkingDays
from shared.http.registry import RegistryClient
from shared.web.auth import permit
from shared.web.fields import Code, DivisionCode, Sha256
from shared.web.principals import Principal, Role, Scope
from shared.web.state import own_state

Officer = Annotated[Principal, permit(Role.PROVINCE_OFFICER, scope=Scope.PROGRAMME)]
Decider = Annotated[Principal, permit(Role.PROVINCE_DECIDER, scope=Scope.PROGRAMME)]
Runner = Annotated[Principal, permit(Role.PROVINCE_OFFICER, Role.PIPELINE, scope=Scope.PROGRAMME)]
WholeReader = Annotated[Principal, permit(*WHOLE_RELEASE, scope=Scope.PROGRAMME)]
ObjectionReader = Annotated[
    Principal,
    permit(
        Role.PROVINCE_OFFICER,
        Role.PROVINCE_DECIDER,
        Role.AUDITOR,
        scope=Scope.PROGRAMME,
    ),
]
UnitReader = Annotated[
    Principal,
    permit(
        *WHOLE_RELEASE,
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
AssessmentId = Annotated[str, Path(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
ReleaseHash = Annotated[Sha256, Path(description="the release's hash, `sha256:...`")]
UnitCode = Annotated[Code, Path(description="business code of the cluster")]
ObjectionNumber = Annotated[int, Path(ge=1, le=1_000_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringState:
    """What only scoring holds while it runs."""

    signer: Signer
    registry: RegistryClient
    calendar: WorkingDays
    public_max_age_seconds: int


async def get_signer(request: Request) -> Signer:
    return own_state(request, ScoringState).signer


async def get_registry(request: Request) -> RegistryClient:
    return own_state(request, ScoringState).registry


async def get_calendar(request: Request) -> WorkingDays:
    return own_state(request, ScoringState).calendar


async def get_public_max_age(request: Request) -> int:
    return own_state(request, ScoringState).public_max_age_seconds


SignerDep = Annotated[Signer, Depends(get_signer)]
RegistryDep = Annotated[RegistryClient, Depends(get_registry)]
CalendarDep = Annotated[WorkingDays, Depends(get_calendar)]
#: For how many seconds a cache may keep what the public reads.
PublicMaxAge = Annotated[int, Depends(get_public_max_age)]
