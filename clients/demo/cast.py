"""The people of the demo, each with an access token of the local issuer and a client for each service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from clients.local.issuer import LocalIssuer, LocalKeys
from clients.local.suite import Suite
from shared.http.client import ServiceClient, TokenSource
from shared.http.funding import FundingClient
from shared.http.pipeline import PipelineClient
from shared.http.registry import RegistryClient
from shared.http.scoring import ScoringClient
from shared.web.principals import Role

HUBEI = "420000"
LEAD_DEPARTMENT = "湖北省发展和改革委员会"
FINANCE_DEPARTMENT = "湖北省财政厅"


@dataclass(frozen=True)
class Person:
    """Somebody with roles in a division; the names are of offices, not of real people."""

    subject: str
    name: str
    roles: tuple[Role, ...]
    division: str = HUBEI
    unit: str = LEAD_DEPARTMENT
    department: str | None = None


OFFICER = Person("demo-province-officer", "省发改委经办", (Role.PROVINCE_OFFICER,))
DECIDER = Person("demo-province-decider", "省发改委审定", (Role.PROVINCE_DECIDER,))
FINANCE_MAKER = Person("demo-finance-maker", "省财政厅经办", (Role.FINANCE_MAKER,), unit=FINANCE_DEPARTMENT)
FINANCE_REVIEWER = Person(
    "demo-finance-reviewer", "省财政厅复核", (Role.FINANCE_REVIEWER,), unit=FINANCE_DEPARTMENT
)
AUDITOR = Person("demo-auditor", "省审计厅", (Role.AUDITOR,), unit="湖北省审计厅")
OPERATOR = Person("demo-operator", "演示操作", (Role.PIPELINE,), unit="演示")
EVALUATOR = Person(
    "demo-evaluator", "第三方评估机构(演示)", (Role.THIRD_PARTY_EVALUATOR,), unit="第三方评估机构(演示)"
)
OBJECTOR = Person("demo-objector", "异议人(演示)", (Role.PUBLIC,), unit="")


def preparer(county: str) -> Person:
    return Person(f"demo-{county}-preparer", "县级填报", (Role.COUNTY_PREPARER,), county, f"{county} 发改局")


def signer(county: str) -> Person:
    return Person(f"demo-{county}-signer", "县级审核", (Role.COUNTY_SIGNER,), county, f"{county} 政府办")


def reviewer(city: str) -> Person:
    return Person(f"demo-{city}-reviewer", "市级审核", (Role.CITY_REVIEWER,), city, f"{city} 发改委")


def city_finance(city: str) -> Person:
    return Person(f"demo-{city}-finance", "市财政经办", (Role.CITY_FINANCE,), city, f"{city} 财政局")


def city_finance_reviewer(city: str) -> Person:
    return Person(
        f"demo-{city}-finance-reviewer", "市财政复核", (Role.FINANCE_REVIEWER,), city, f"{city} 财政局"
    )


def county_finance(county: str) -> Person:
    return Person(f"demo-{county}-finance", "县财政国库", (Role.COUNTY_FINANCE,), county, f"{county} 财政局")


def department(name: str) -> Person:
    return Person(f"demo-department-{name}", name, (Role.SOURCE_DEPARTMENT,), HUBEI, name, name)


class Cast:
    """Gives each person's client of each service; all clients of a service share its connections."""

    def __init__(self, suite: Suite, data_dir: Path) -> None:
        self._issuer = LocalIssuer(LocalKeys.below(data_dir).issuer)
        self._tokens: dict[tuple[str, str], str] = {}
        # A service or its database may be killed and restarted meanwhile: repeat patiently.
        self._registry = RegistryClient(suite.url("registry"), _nobody, timeout_seconds=60, attempts=10)
        self._scoring = ScoringClient(suite.url("scoring"), _nobody, timeout_seconds=60, attempts=10)
        self._funding = FundingClient(suite.url("funding"), _nobody, timeout_seconds=60, attempts=10)
        self._pipeline = PipelineClient(suite.url("pipeline"), _nobody, timeout_seconds=90, attempts=10)

    def registry(self, person: Person) -> RegistryClient:
        return self._registry.with_token(self._token(person, "registry"))

    def scoring(self, person: Person) -> ScoringClient:
        return self._scoring.with_token(self._token(person, "scoring"))

    def funding(self, person: Person) -> FundingClient:
        return self._funding.with_token(self._token(person, "funding"))

    def pipeline(self, person: Person) -> PipelineClient:
        return self._pipeline.with_token(self._token(person, "pipeline"))

    def every_service(self, person: Person) -> Sequence[ServiceClient]:
        """The pipeline last: its day never comes before that of a service."""
        return self.registry(person), self.scoring(person), self.funding(person), self.pipeline(person)

    async def advance_to(self, day: date) -> None:
        """Moves the business date of all services forward; where it is later already, nothing is done."""
        for client in self.every_service(OPERATOR):
            if await client.business_date() < day:
                await client.advance_business_date(day)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for client in (self._registry, self._scoring, self._funding, self._pipeline):
            await client.close()

    def _token(self, person: Person, service: str) -> TokenSource:
        key = (person.subject, service)
        if key not in self._tokens:
            self._tokens[key] = self._issuer.mint(
                subject=person.subject,
                name=person.name,
                roles=[role.value for role in person.roles],
                division=person.division,
                unit=person.unit,
                department=person.department,
                audience=[service],
            )
        token = self._tokens[key]
        return lambda: token


def _nobody() -> str:
    raise AssertionError("a client is used as a person")
