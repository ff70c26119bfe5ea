"""Who may call what, and what the handlers need of the application."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from services.registry.domain.registers.limits import Limits
from services.registry.use_cases.registers.edit_entries import Editor
from shared.documents.keys import KeySource
from shared.web.auth import permit
from shared.web.dependencies import Today
from shared.web.principals import Principal, Role, Scope
from shared.web.state import own_state

#: Divisions and industries are of everybody.
ReferenceKeeper = Annotated[Principal, permit(Role.PROVINCE_OFFICER, scope=Scope.INSTALLATION)]
ProgrammeOfficer = Annotated[Principal, permit(Role.PROVINCE_OFFICER, scope=Scope.PROGRAMME)]
#: What follows from rules and figures alone, the yearly pipeline does as well.
Runner = Annotated[Principal, permit(Role.PROVINCE_OFFICER, Role.PIPELINE, scope=Scope.PROGRAMME)]
ProgrammeDecider = Annotated[Principal, permit(Role.PROVINCE_DECIDER, scope=Scope.PROGRAMME)]
ProvinceOfficer = Annotated[Principal, permit(Role.PROVINCE_OFFICER, scope=Scope.WITHIN)]
CountyPreparer = Annotated[Principal, permit(Role.COUNTY_PREPARER, scope=Scope.WITHIN)]
CountySigner = Annotated[Principal, permit(Role.COUNTY_SIGNER, scope=Scope.WITHIN)]
CityReviewer = Annotated[Principal, permit(Role.CITY_REVIEWER, scope=Scope.WITHIN)]
SourceDepartment = Annotated[Principal, permit(Role.SOURCE_DEPARTMENT, scope=Scope.WITHIN)]
Reviewer = Annotated[
    Principal,
    permit(
        Role.CITY_REVIEWER,
        Role.SOURCE_DEPARTMENT,
        Role.PROVINCE_OFFICER,
        scope=Scope.WITHIN,
    ),
]

#: Everybody who works with filings sees those of the own division.
FilingReader = Annotated[
    Principal,
    permit(
        Role.COUNTY_PREPARER,
        Role.COUNTY_SIGNER,
        Role.CITY_REVIEWER,
        Role.SOURCE_DEPARTMENT,
        Role.THIRD_PARTY_EVALUATOR,
        Role.PROVINCE_OFFICER,
        Role.PROVINCE_DECIDER,
        Role.AUDITOR,
        Role.PIPELINE,
        scope=Scope.WITHIN,
    ),
]
#: Where a cluster lies is also what the services ask that send money there.
ClusterReader = Annotated[
    Principal,
    permit(
        Role.COUNTY_PREPARER,
        Role.COUNTY_SIGNER,
        Role.CITY_REVIEWER,
        Role.SOURCE_DEPARTMENT,
        Role.THIRD_PARTY_EVALUATOR,
        Role.PROVINCE_OFFICER,
        Role.PROVINCE_DECIDER,
        Role.AUDITOR,
        Role.PIPELINE,
        Role.SERVICE,
        scope=Scope.WITHIN,
    ),
]
#: Snapshots hold every county's figures: only those who assess or audit the whole province.
SnapshotReader = Annotated[
    Principal,
    permit(
        Role.SERVICE,
        Role.PROVINCE_OFFICER,
        Role.PROVINCE_DECIDER,
        Role.AUDITOR,
        Role.PIPELINE,
        scope=Scope.PROGRAMME,
    ),
]

#: A designation set also names those who were refused: it is no public list.
DesignationReader = Annotated[
    Principal,
    permit(
        Role.SERVICE,
        Role.PROVINCE_OFFICER,
        Role.PROVINCE_DECIDER,
        Role.FINANCE_MAKER,
        Role.FINANCE_REVIEWER,
        Role.AUDITOR,
        Role.PIPELINE,
        scope=Scope.PROGRAMME,
    ),
]
#: Who keeps any register; which one exactly, its declaration says.
RegisterKeeper = Annotated[
    Principal,
    permit(
        Role.COUNTY_PREPARER,
        Role.CITY_REVIEWER,
        Role.SOURCE_DEPARTMENT,
        Role.THIRD_PARTY_EVALUATOR,
        Role.PROVINCE_OFFICER,
        scope=Scope.WITHIN,
    ),
]
#: Firms and their figures stay with those who work with filings of their division.
RegisterReader = FilingReader
#: Targets are followed by all who work with filings, each in the own division; the list behind a figure names firms.
TargetReader = FilingReader
#: Who may upload a file: a spreadsheet to import, or evidence.
Uploader = Annotated[
    Principal,
    permit(
        Role.COUNTY_PREPARER,
        Role.CITY_REVIEWER,
        Role.SOURCE_DEPARTMENT,
        Role.THIRD_PARTY_EVALUATOR,
        Role.PROVINCE_OFFICER,
        scope=Scope.OWN,
    ),
]
#: The tasks of a programme, and what its responsible units report.
TaskReader = Annotated[
    Principal,
    permit(
        Role.SOURCE_DEPARTMENT,
        Role.PROVINCE_OFFICER,
        Role.PROVINCE_DECIDER,
        Role.AUDITOR,
        Role.PIPELINE,
        scope=Scope.PROGRAMME,
    ),
]
TaskReporter = Annotated[
    Principal, permit(Role.SOURCE_DEPARTMENT, Role.PROVINCE_OFFICER, scope=Scope.PROGRAMME)
]
#: Counties and cities write about clusters of their own.
CaseNoteWriter = Annotated[Principal, permit(Role.COUNTY_PREPARER, Role.CITY_REVIEWER, scope=Scope.WITHIN)]
ThirdPartyEvaluator = Annotated[Principal, permit(Role.THIRD_PARTY_EVALUATOR, scope=Scope.WITHIN)]
#: Evidence comes from the county that files and from those who look at it.
EvidenceGiver = Annotated[
    Principal,
    permit(
        Role.COUNTY_PREPARER,
        Role.CITY_REVIEWER,
        Role.SOURCE_DEPARTMENT,
        Role.THIRD_PARTY_EVALUATOR,
        scope=Scope.WITHIN,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistryState:
    """What only the registry holds while it runs."""

    release_keys: KeySource
    limits: Limits
    public_max_age_seconds: int


async def get_release_keys(request: Request) -> KeySource:
    return own_state(request, RegistryState).release_keys


async def get_limits(request: Request) -> Limits:
    return own_state(request, RegistryState).limits


async def get_public_max_age(request: Request) -> int:
    return own_state(request, RegistryState).public_max_age_seconds


ReleaseKeysDep = Annotated[KeySource, Depends(get_release_keys)]
LimitsDep = Annotated[Limits, Depends(get_limits)]
#: For how many seconds a cache may keep what the public reads.
PublicMaxAge = Annotated[int, Depends(get_public_max_age)]


async def get_editor(keeper: RegisterKeeper, today: Today, limits: LimitsDep) -> Editor:
    return Editor(keeper, today, limits)


EditorDep = Annotated[Editor, Depends(get_editor)]
