"""Shows the lines of a programme: figures, the way so far, what is expected, and where it leads to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.targets.disclosure import check_year_is_over, told
from services.registry.domain.targets.figures import Point, nothing, points_of
from services.registry.domain.targets.judgement import Judgement, judge
from services.registry.domain.targets.lines import Line, line_of, lines_of
from services.registry.domain.targets.projection import Projection, project
from services.registry.domain.targets.reasons import NOT_MEASURED
from services.registry.domain.targets.view import Wish
from services.registry.use_cases.targets.line_reader import LineReader, line_reader, programme_reader
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class WayPoint:
    """A year on the way: its figure beside what is expected of it."""

    point: Point
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class MeasuredLine:
    """A line with its figures; the last point of the way is the year that was asked for."""

    line: Line
    looked_at: int | None
    way: Sequence[WayPoint]
    against_target: Judgement
    projection: Projection

    @property
    def now(self) -> WayPoint:
        return self.way[-1]


@dataclass(frozen=True, slots=True)
class TargetTable:
    programme: str
    version: str
    document_number: str
    year: int
    as_of: date
    division: str
    lines: Sequence[MeasuredLine]


async def show_targets(
    session: AsyncSession, programme: str, wish: Wish, *, today: date, actor: Principal
) -> TargetTable:
    """All lines; the number of statements grows with the lines and years, not with clusters or firms."""
    reader = await line_reader(session, programme, wish, today=today, actor=actor)
    return await table_of(reader)


async def table_of(reader: LineReader) -> TargetTable:
    """All lines of the reader's year."""
    return _table(reader, [await _measured(reader, line) for line in lines_of(reader.programme, reader.year)])


async def published_targets(
    session: AsyncSession, programme: str, *, year: int | None, today: date
) -> TargetTable:
    """For everybody: the whole programme's figures of a year that is over, by default the last one."""
    asked = today.year - 1 if year is None else year
    check_year_is_over(asked, today)
    wish = Wish(year=asked, as_of=None, known_at=None, division=None)
    reader = await programme_reader(session, programme, wish, today=today)
    lines = lines_of(reader.programme, asked)
    return _table(reader, [await _measured(reader, line, public=True) for line in lines])


async def show_target(
    session: AsyncSession, programme: str, code: str, wish: Wish, *, today: date, actor: Principal
) -> TargetTable:
    reader = await line_reader(session, programme, wish, today=today, actor=actor)
    return _table(reader, [await _measured(reader, line_of(reader.programme, code, wish.year))])


def _table(reader: LineReader, lines: Sequence[MeasuredLine]) -> TargetTable:
    document = reader.programme
    return TargetTable(
        document.programme,
        document.version,
        document.document_number,
        reader.year,
        reader.as_of,
        reader.division,
        lines,
    )


async def _measured(reader: LineReader, line: Line, *, public: bool = False) -> MeasuredLine:
    measure = line.measure
    if measure is None:
        points, looked_at = [Point(reader.year, None, NOT_MEASURED, nothing(reader.year))], None
    else:
        sums, population = await reader.sums(line, measure)
        points = points_of(measure, sums, line.years(reader.year), population=population)
        points = [told(measure, point) for point in points] if public else points
        looked_at = population[reader.year]
    comparable = reader.whole or (measure is not None and measure.form != "total")
    now = points[-1]
    return MeasuredLine(
        line=line,
        looked_at=looked_at,
        way=[
            WayPoint(
                point,
                judge(
                    line.goal,
                    point.value,
                    line.expected(point.year),
                    why_none=point.reason,
                    comparable=comparable,
                ),
            )
            for point in points
        ],
        against_target=judge(
            line.goal, now.value, line.goal.value, why_none=now.reason, comparable=comparable
        ),
        projection=project(line, points),
    )
