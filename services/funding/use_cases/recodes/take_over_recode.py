"""Takes over a recode from the registry: accounts keep their code, and the county goes on with them."""

from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.divisions import is_in_use
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
    async with database.transaction() as session:
        recode = await _with_code_of_accounts(session, Recode(**told.model_dump()))
        return await take_over_recode(session, recode, actor=principal.actor)


async def _with_code_of_accounts(session: AsyncSession, recode: Recode) -> Recode:
    """Where money came under the new code before the recode was taken over, the new code is kept beside the old one:
    what lies under the old one goes over by withdrawal and passing down."""
    if await is_in_use(session, recode.successor_code):
        return replace(recode, kept_code=recode.successor_code)
    return recode
