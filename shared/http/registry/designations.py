"""Snapshots, designation decisions and what follows from them."""

from datetime import date
from typing import Any

from shared.contracts.designation_set import DesignationSet
from shared.contracts.snapshot import Snapshot
from shared.http.client import ServiceClient, View, iso


class SnapshotView(View):
    sha256: str
    number: int
    units: int


class FrozenSnapshotView(View):
    sha256: str
    number: int


class SnapshotsView(View):
    snapshots: list[FrozenSnapshotView]


class ListedDecisionView(View):
    """A decision without its entries."""

    code: str
    assessment_year: int | None
    effective_from: date
    state: str
    document_number: str | None


class DesignationDecisionView(ListedDecisionView):
    releases: list[str]
    counts: dict[str, int]


class StatusLevelView(View):
    code: str
    zh: str
    en: str
    given_by: str


class DesignatedClusterView(View):
    cluster: str
    name: str
    county_code: str
    level: str
    document_number: str
    effective_from: date


class DesignatedClustersView(View):
    programme: str
    as_of: date
    levels: list[StatusLevelView]
    clusters: list[DesignatedClusterView]


class DesignationCalls(ServiceClient):
    async def snapshot(self, sha256: str) -> Snapshot:
        """A snapshot, checked against its hash."""
        return Snapshot.parse(await self.get_bytes(f"/v1/snapshots/{sha256}"), expected_sha256=sha256)

    async def freeze_snapshot(self, round_code: str, *, key: str) -> SnapshotView:
        return await self.post(f"/v1/rounds/{round_code}/snapshots", SnapshotView, None, key=key)

    async def snapshots(self, round_code: str) -> list[FrozenSnapshotView]:
        """Of a round, the highest number is the newest."""
        return (await self.get(f"/v1/rounds/{round_code}/snapshots", SnapshotsView)).snapshots

    async def designation_decisions(self, programme: str) -> list[ListedDecisionView]:
        wanted = self.pages("/v1/designation-decisions", ListedDecisionView, programme=programme)
        return [decision async for decision in wanted]

    async def designation_decision(self, code: str) -> DesignationDecisionView:
        return await self.get(f"/v1/designation-decisions/{code}", DesignationDecisionView)

    async def designation_set(self, programme: str, *, as_of: date) -> DesignationSet:
        return DesignationSet.parse(
            await self.get_bytes(f"/v1/designation-sets/{programme}", as_of=as_of.isoformat())
        )

    async def propose_designations(self, body: dict[str, Any], *, key: str) -> DesignationDecisionView:
        return await self.post("/v1/designation-decisions", DesignationDecisionView, body, key=key)

    async def approve_designations(
        self, code: str, *, minutes: str, document_number: str, key: str
    ) -> DesignationDecisionView:
        body = {"minutes": minutes, "document_number": document_number}
        path = f"/v1/designation-decisions/{code}/approval"
        return await self.post(path, DesignationDecisionView, body, key=key)

    async def designated_clusters(
        self, programme: str, *, as_of: date | None = None
    ) -> DesignatedClustersView:
        """What is announced to everybody: who holds a designation on a day, with the programme's levels."""
        path = f"/v1/designated-clusters/{programme}"
        return await self.get(path, DesignatedClustersView, as_of=iso(as_of))
