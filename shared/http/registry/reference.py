"""Divisions, industries and clusters."""

from typing import Any

from shared.http.client import ServiceClient, View


class DivisionView(View):
    code: str
    parent_code: str | None


class LoadedView(View):
    rows: int


class ClusterView(View):
    code: str
    county_code: str
    name: str


class ReferenceCalls(ServiceClient):
    async def division_path(self, code: str) -> tuple[str, ...]:
        """From the province down to this division, as the register has it; empty where it has no such code."""
        return (await self.division_paths()).get(code, ())

    async def division_paths(self) -> dict[str, tuple[str, ...]]:
        """From the province down to each division, as the register has it."""
        listed = self.pages("/v1/divisions", DivisionView, limit=1000)
        parents = {division.code: division.parent_code async for division in listed}
        paths = {}
        for code in parents:
            path: list[str] = []
            here: str | None = code
            while here is not None and here in parents:
                path.insert(0, here)
                here = parents[here]
            paths[code] = tuple(path)
        return paths

    async def load_divisions(self, rows: list[dict[str, Any]]) -> LoadedView:
        return await self.put("/v1/divisions", LoadedView, {"divisions": rows})

    async def load_industries(self, rows: list[dict[str, Any]]) -> LoadedView:
        return await self.put("/v1/industries", LoadedView, {"industries": rows})

    async def cluster(self, code: str) -> ClusterView:
        return await self.get(f"/v1/clusters/{code}", ClusterView)

    async def clusters(self) -> list[ClusterView]:
        return [entry async for entry in self.pages("/v1/clusters", ClusterView, limit=1000)]

    async def register_cluster(self, cluster: dict[str, Any], *, key: str) -> ClusterView:
        return await self.post("/v1/clusters", ClusterView, cluster, key=key)
