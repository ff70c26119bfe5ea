"""Simulations of a round: rules and budgets side by side, and the round beside last year."""

from typing import Any

from shared.http.client import ServiceClient, View, given


class SimulatedVariantView(View):
    name: str
    incentive: str
    incentive_version: str
    rules_sha256: str
    published: bool
    pool_fen: int
    refusal: dict[str, str] | None
    awarded_fen: int | None
    unallocated_fen: int | None


class SimulatedRowView(View):
    """A cluster or a county; ``amounts_fen`` in the order of the variants, null where one was refused."""

    code: str
    name: str
    county_code: str
    rank: int | None
    last_year_fen: int
    amounts_fen: list[int | None]


class SimulationShortView(View):
    round: str
    number: int
    note: str | None
    simulated_by: str


class SimulationView(View):
    round: str
    number: int
    note: str | None
    release_sha256: str
    further_releases: list[str]
    variants: list[SimulatedVariantView]
    clusters: list[SimulatedRowView]
    counties: list[SimulatedRowView]
    stakes: dict[str, Any]


class ComparisonView(View):
    """A round's allocation beside the fiscal year before."""

    round: str
    fiscal_year: int
    last_year: int
    clusters: list[SimulatedRowView]
    counties: list[SimulatedRowView]


class SimulationCalls(ServiceClient):
    async def simulate(
        self, code: str, *, variants: list[dict[str, Any]], note: str | None = None, key: str
    ) -> SimulationView:
        """Tries rules and budgets side by side; nothing is held."""
        body = given(note=note, variants=variants)
        return await self.post(f"/v1/rounds/{code}/simulations", SimulationView, body, key=key)

    async def simulations(self, code: str) -> list[SimulationShortView]:
        return [row async for row in self.pages(f"/v1/rounds/{code}/simulations", SimulationShortView)]

    async def simulation(self, code: str, number: int) -> SimulationView:
        return await self.get(f"/v1/rounds/{code}/simulations/{number}", SimulationView)

    async def comparison(self, code: str) -> ComparisonView:
        return await self.get(f"/v1/rounds/{code}/comparison", ComparisonView)
