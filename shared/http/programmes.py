"""Whose a programme is, by the registry: what rests on a programme is made in its division."""

from shared.errors import NotFound, OutOfScope
from shared.http.client import ServiceProblem
from shared.http.registry import RegistryClient
from shared.web.principals import Principal


async def require_own_programme(registry: RegistryClient, principal: Principal, programme: str) -> None:
    """Raises :class:`NotFound` where the registry has no such programme, :class:`OutOfScope` where it is another
    division's."""
    try:
        division = (await registry.acting_for(principal.subject).programme(programme)).division_code
    except ServiceProblem as problem:
        if problem.status == 404:
            raise NotFound("计划", "programme") from problem
        raise
    if division != principal.division:
        raise OutOfScope(division)
