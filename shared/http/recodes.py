"""What the services above the registry offer beside the list of recodes that all have."""

from shared.http.client import DivisionRecodeView, ServiceClient


class RecodeCalls(ServiceClient):
    async def take_over_recode(self, code: str) -> DivisionRecodeView:
        """From the registry; again it is no change."""
        return await self.put(f"/v1/division-recodes/{code}", DivisionRecodeView, None)
