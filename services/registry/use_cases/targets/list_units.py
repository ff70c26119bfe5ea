"""Lists what lies behind a figure: the very rows that it is the sum of, page by page."""

from datetime import date
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.targets.lines import line_of
from services.registry.domain.targets.units import Unit, called_on, shown_to
from services.registry.domain.targets.view import Wish
from services.registry.storage.targets.reading import page_of_units
from services.registry.use_cases.targets.line_reader import line_reader
from shared.web.pagination import Listed, PageRequest, cursor_text_pair
from shared.web.principals import Principal


async def list_units(
    session: AsyncSession,
    programme: str,
    code: str,
    wish: Wish,
    page: PageRequest,
    *,
    state: Literal["counted", "not_counted", "unknown"] | None,
    today: date,
    actor: Principal,
) -> Listed[Unit]:
    """Of a line that is not measured there is nothing to list."""
    reader = await line_reader(session, programme, wish, today=today, actor=actor)
    line = line_of(reader.programme, code, wish.year)
    after = cursor_text_pair(page.after)
    if line.measure is None:
        return Listed([], None)
    of = await reader.year_of(line, line.measure, wish.year)
    rows = await page_of_units(session, line.measure, of, state=state, after=after, limit=page.limit + 1)
    listed = Listed.cut(rows, page, lambda unit: [unit.kind, unit.code])
    return Listed(
        [
            called_on(shown_to(unit, reader.readable), reader.divisions, reader.as_of, known_at=wish.known_at)
            for unit in listed.rows
        ],
        listed.next,
    )
