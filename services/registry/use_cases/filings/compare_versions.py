"""What changed between two versions of a filing."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.filing import FilingKind
from services.registry.domain.filings.history import Change, changes, content_at
from services.registry.use_cases.filings.load_filing import load_steps
from shared.web.principals import Principal


async def compare_versions(
    session: AsyncSession, code: str, *, kind: FilingKind, before: int, after: int, actor: Principal
) -> list[Change]:
    """From the content as of version ``before`` to that as of version ``after``."""
    steps = await load_steps(session, code, kind=kind, actor=actor)
    return changes(content_at(steps, before), content_at(steps, after))
