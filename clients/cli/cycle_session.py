"""Who speaks to which pipeline: by an address and a token that were given, or to the suite that is up (trial)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from clients.local.issuer import LocalIssuer, LocalKeys
from clients.local.suite import find_running_suite
from shared.http.pipeline import PipelineClient
from shared.web.principals import Role

Answer = TypeVar("Answer")
_SECONDS = 90.0  # a tick may take a minute


@dataclass(frozen=True)
class CycleSession:
    """The options that all commands of ``clusters cycle`` share."""

    data: Path
    programme: str
    url: str | None
    token: str | None
    role: str | None
    division: str
    unit: str
    subject: str | None

    def ask(self, role: Role, question: Callable[[PipelineClient], Awaitable[Answer]]) -> Answer:
        """Asks as somebody with this role, where no other was given (trial), or by the token that was given."""

        async def run() -> Answer:
            url = self.url or find_running_suite(self.data).url("pipeline")
            token = self.token or self._mint(role)
            async with PipelineClient(url, lambda: token, timeout_seconds=_SECONDS) as client:
                return await question(client)

        return asyncio.run(run())

    def _mint(self, default: Role) -> str:
        role = self.role or default.value
        return LocalIssuer(LocalKeys.below(self.data).issuer).mint(
            subject=self.subject or f"{role}@{self.division}",
            name=self.subject or role,
            roles=[role],
            division=self.division,
            unit=self.unit,
            audience=["pipeline"],
        )
