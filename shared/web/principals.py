"""Who asks: a person or a service, with the roles, the division and the unit that the issuer vouches for.

Scope is by division as a document carries it: :meth:`Principal.covers` looks at the document's division path,
never at the prefix of a code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

#: Between a service and the person it acts for, in a kept actor.
FOR: Final = " for "


class Role(StrEnum):
    COUNTY_PREPARER = "county_preparer"
    COUNTY_SIGNER = "county_signer"
    CITY_REVIEWER = "city_reviewer"
    SOURCE_DEPARTMENT = "source_department"
    THIRD_PARTY_EVALUATOR = "third_party_evaluator"
    EXPERT = "expert"
    PROVINCE_OFFICER = "province_officer"  # lead department: prepares and proposes
    PROVINCE_DECIDER = "province_decider"  # lead department: decides, with minutes
    FINANCE_MAKER = "finance_maker"
    FINANCE_REVIEWER = "finance_reviewer"
    CITY_FINANCE = "city_finance"
    COUNTY_FINANCE = "county_finance"
    AUDITOR = "auditor"
    PIPELINE = "pipeline"
    SERVICE = "service"  # one of the three services, for itself or for a named person
    PUBLIC = "public"


class Scope(StrEnum):
    """Of which divisions' things a route speaks; each route says one, beside the roles that may call it."""

    PUBLISHED = "published"  # published documents and reference data: everybody who has signed in
    INSTALLATION = "installation"  # what concerns all divisions: the one that runs the installation
    PROGRAMME = "programme"  # a programme's own documents, assessments and lists: the programme's division
    OWN = "own"  # things of the principal's division, and of no other
    WITHIN = "within"  # things of the principal's division and of those below it


#: Roles that a province gives; in a city or county they give nothing.
PROVINCIAL: Final = frozenset({Role.PROVINCE_OFFICER, Role.PROVINCE_DECIDER})


def is_province(division: str) -> bool:
    """GB/T 2260: the last four digits of a province's code are zero, and of no other's."""
    return division.endswith("0000")


@dataclass(frozen=True, slots=True)
class Principal:
    """A person or a service with the roles, the division and the unit that the issuer vouches for.

    A division that was recoded is named by the code under which its things are kept; ``taken_over`` are further codes
    whose things are its own (``shared.data.division_recodes``).
    """

    subject: str
    name: str
    roles: frozenset[Role]
    division: str
    unit: str
    department: str | None = None
    on_behalf_of: str | None = None
    token_id: str = field(default="", compare=False)
    taken_over: frozenset[str] = frozenset()

    def has(self, *roles: Role) -> bool:
        return any(role in self.roles for role in roles)

    def covers(self, division_path: Sequence[str]) -> bool:
        """Whether a thing of this division path (province, city, county) lies in the principal's division."""
        return not self.divisions.isdisjoint(division_path)

    @property
    def divisions(self) -> frozenset[str]:
        """All codes that stand for the principal's division."""
        return self.taken_over | {self.division}

    @property
    def actor(self) -> str:
        """How the principal is named in events: by its subject, with the person it acts for."""
        return f"{self.subject}{FOR}{self.on_behalf_of}" if self.on_behalf_of else self.subject

    @property
    def person(self) -> str:
        """Who decides: the person that a service acts for is the same one who comes without it."""
        return person_of(self.actor)


def person_of(actor: str) -> str:
    """The person behind a kept :attr:`Principal.actor`, to tell makers and checkers apart."""
    return actor.rpartition(FOR)[2]
