"""A filing's figures beside those that the registers give."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.derived.figures import Compared, compare
from services.registry.domain.filings.filing import FilingKind
from services.registry.use_cases.derived.derive_indicators import derived_for
from services.registry.use_cases.filings.load_filing import load_filing
from shared.web.principals import Principal


async def compare_filing(
    session: AsyncSession, code: str, *, kind: FilingKind, actor: Principal
) -> list[Compared]:
    found = await load_filing(session, code, kind=kind, actor=actor)
    year, cluster = found.round.dates.data_year, found.filing.cluster_code
    own = await derived_for(session, found.round.indicators(), [cluster], years=(year - 1, year))
    return compare({value.key: value.value for value in found.content.values}, own[cluster])
