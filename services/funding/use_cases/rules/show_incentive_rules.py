"""Published incentive rules to read."""

import json

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.storage.rules import find_rules, list_rules
from services.funding.use_cases.answers import (
    IncentiveVersionList,
    IncentiveVersionOut,
    IncentiveVersionWithDocument,
)
from shared.errors import NotFound


async def show_incentive_versions(session: AsyncSession, programme: str | None) -> IncentiveVersionList:
    rows = await list_rules(session, programme=programme)
    return IncentiveVersionList(versions=[IncentiveVersionOut.model_validate(row) for row in rows])


async def show_incentive_version(
    session: AsyncSession, incentive: str, version: str
) -> IncentiveVersionWithDocument:
    row = await find_rules(session, incentive, version)
    if row is None:
        raise NotFound("激励规则版本", "version of incentive rules")
    shown = IncentiveVersionOut.model_validate(row)
    return IncentiveVersionWithDocument(**shown.model_dump(), document=json.loads(row.document))
