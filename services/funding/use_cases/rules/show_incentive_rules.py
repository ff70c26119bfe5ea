"""Published incentive rules to read."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.rules import KeptRules, RulesVersion, find_rules, list_rules
from shared.errors import NotFound


async def show_incentive_versions(session: AsyncSession, programme: str | None) -> list[RulesVersion]:
    return await list_rules(session, programme=programme)


async def show_incentive_version(session: AsyncSession, incentive: str, version: str) -> KeptRules:
    found = await find_rules(session, incentive, version)
    if found is None:
        raise NotFound("激励规则版本", "version of incentive rules")
    return found
