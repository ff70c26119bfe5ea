"""Lists the filings of the actor's division, page by page."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import Filing, FilingKind, FilingState
from services.registry.storage.filings import filings
from shared.web.pagination import Listed, PageRequest, cursor_text
from shared.web.principals import Principal


async def list_filings(
    session: AsyncSession,
    page: PageRequest,
    *,
    kind: FilingKind,
    round_code: str | None,
    state: FilingState | None,
    actor: Principal,
) -> Listed[Filing]:
    rows = await filings.list_filings(
        session,
        kind=kind,
        divisions=actor.divisions,
        round_code=round_code,
        state=state,
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    return Listed.cut(rows, page, lambda row: [row.code])
