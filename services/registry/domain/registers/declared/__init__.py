"""All registers by their code."""

from collections.abc import Mapping
from typing import Final

from services.registry.domain.registers.declared import clusters, counties, firms, support
from services.registry.domain.registers.register import Register
from shared.errors import NotFound

REGISTERS: Final[Mapping[str, Register]] = {
    register.code: register for register in (*counties.ALL, *clusters.ALL, *firms.ALL, *support.ALL)
}


def register_of(code: str) -> Register:
    found = REGISTERS.get(code)
    if found is None:
        raise NotFound("登记簿", "register")
    return found
