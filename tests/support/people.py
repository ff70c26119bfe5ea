"""People and services with access tokens for tests: keys made per run, any claim can be changed."""

import time
from dataclasses import dataclass, field
from typing import Any

from joserfc import jwt
from joserfc.jwk import OKPKey

from shared.documents.keys import public_key_set
from shared.settings import LOCAL_ISSUER
from shared.web.principals import Principal, Role

HUBEI = "420000"


@dataclass(frozen=True)
class Person:
    """Somebody with roles in a division; ``unit`` is the office they work for."""

    subject: str
    roles: tuple[Role, ...]
    division: str = HUBEI
    unit: str = "湖北省发展和改革委员会"
    department: str | None = None

    @property
    def principal(self) -> Principal:
        """Who they are to a service."""
        roles = frozenset(self.roles)
        return Principal(self.subject, self.subject, roles, self.division, self.unit, self.department)


@dataclass(frozen=True)
class Issuer:
    """A token issuer of the tests."""

    key: OKPKey = field(
        default_factory=lambda: OKPKey.generate_key("Ed25519", parameters={"kid": "test-issuer"})
    )

    @property
    def jwks(self) -> dict[str, Any]:
        return public_key_set(self.key)

    def token(self, person: Person, audience: str, **changed: Any) -> str:
        now = int(time.time())
        claims = {
            "iss": LOCAL_ISSUER,
            "sub": person.subject,
            "aud": [audience],
            "iat": now,
            "exp": now + 600,
            "jti": "test",
            "name": person.subject,
            "roles": [role.value for role in person.roles],
            "division": person.division,
            "unit": person.unit,
            "department": person.department,
            **changed,
        }
        header = {"alg": "Ed25519", "kid": "test-issuer", "typ": "at+jwt"}
        return jwt.encode(header, claims, self.key, algorithms=["Ed25519"])


def county_preparer(county: str) -> Person:
    return Person(f"preparer-{county}", (Role.COUNTY_PREPARER,), county, f"{county} 发改局")


def county_signer(county: str) -> Person:
    return Person(f"signer-{county}", (Role.COUNTY_SIGNER,), county, f"{county} 发改局")


def city_reviewer(city: str) -> Person:
    return Person(f"reviewer-{city}", (Role.CITY_REVIEWER,), city, f"{city} 发改委")


def source_department(department: str) -> Person:
    return Person(f"source-{department}", (Role.SOURCE_DEPARTMENT,), HUBEI, department, department)


EVALUATOR = Person("evaluator", (Role.THIRD_PARTY_EVALUATOR,), HUBEI, "第三方机构")
PROVINCE_OFFICER = Person("province-officer", (Role.PROVINCE_OFFICER,))
PROVINCE_DECIDER = Person("province-decider", (Role.PROVINCE_DECIDER,))
FINANCE_MAKER = Person("finance-maker", (Role.FINANCE_MAKER,), HUBEI, "湖北省财政厅")
FINANCE_REVIEWER = Person("finance-reviewer", (Role.FINANCE_REVIEWER,), HUBEI, "湖北省财政厅")
AUDITOR = Person("auditor", (Role.AUDITOR,), HUBEI, "湖北省审计厅")
PIPELINE = Person("pipeline", (Role.PIPELINE,), HUBEI, "county-clusters")
SCORING_SERVICE = Person("scoring", (Role.SERVICE,), HUBEI, "county-clusters")
FUNDING_SERVICE = Person("funding", (Role.SERVICE,), HUBEI, "county-clusters")
NOBODY = Person("nobody", (), HUBEI, "")
