"""Takes over a recode from the registry: whoever is of the new division reads what was released under the old code."""

from shared.data.database import Database
from shared.data.division_recodes import Recode, RecordedRecode, take_over_recode
from shared.errors import NotFound
from shared.http.registry import RegistryClient
from shared.web.principals import Principal


async def take_over(
    database: Database, registry: RegistryClient, principal: Principal, code: str
) -> RecordedRecode:
    """Sent again it changes nothing."""
    listed = await registry.acting_for(principal.subject).division_recodes()
    told = next((recode for recode in listed if recode.code == code), None)
    if told is None:
        raise NotFound("区划变更(登记服务中没有)", "recode in the registry")
    recode = Recode(**told.model_dump())
    async with database.transaction() as session:
        return await take_over_recode(session, recode, actor=principal.actor)
