"""The three services as the service account ``pipeline`` sees them. The loop tries again by its own rules, so a call is
made once here, and ends before a worker's claim does.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Final

from clients.pipeline.domain.plan import Plan
from clients.pipeline.domain.reading import RoundDay
from shared.documents.canonical import Json, canonical_bytes
from shared.http.client import ServiceClient, ServiceProblem, TokenSource, token_from_file
from shared.http.funding import FundingClient
from shared.http.registry import RegistryClient
from shared.http.scoring import ScoringClient

#: Less than a claim holds.
CALL_SECONDS: Final = 20.0


class HttpServices:
    """Reads through the typed clients; sends commands as the bytes that were hashed."""

    def __init__(self, registry: RegistryClient, scoring: ScoringClient, funding: FundingClient) -> None:
        self.registry = registry
        self.scoring = scoring
        self.funding = funding
        self._by_name: dict[str, ServiceClient] = {
            "registry": registry, "scoring": scoring, "funding": funding
        }  # fmt: skip

    @classmethod
    def at(
        cls, registry: tuple[str, Path], scoring: tuple[str, Path], funding: tuple[str, Path]
    ) -> HttpServices:
        """By the address of each service and the file with the account's token for it."""
        return cls(
            RegistryClient(*_opened(registry), timeout_seconds=CALL_SECONDS, attempts=1),
            ScoringClient(*_opened(scoring), timeout_seconds=CALL_SECONDS, attempts=1),
            FundingClient(*_opened(funding), timeout_seconds=CALL_SECONDS, attempts=1),
        )

    async def send(
        self, service: str, method: str, path: str, body: Json, key: str, person: str | None
    ) -> tuple[int, bytes]:
        """``person``: who decided it, and for whom it is sent."""
        client = self._by_name[service]
        if person is not None:
            client = client.acting_for(person)
        content = None if body is None else canonical_bytes(body)
        return await client.send_keyed(method, path, content, key=key)

    async def rounds(self, plan: Plan) -> dict[tuple[str, str], date]:
        """The days of the year's rounds; none where the registry has no calendar of the year yet."""
        try:
            calendar = await self.registry.calendar(plan.programme, plan.assessment_year)
        except ServiceProblem as problem:
            if problem.status == 404:
                return {}
            raise
        return {
            (entry.code, day.value): getattr(entry, day.value)
            for entry in calendar.rounds
            for day in RoundDay
        }

    async def close(self) -> None:
        for client in self._by_name.values():
            await client.close()


def _opened(place: tuple[str, Path]) -> tuple[str, TokenSource]:
    address, token_file = place
    return address, token_from_file(token_file)
