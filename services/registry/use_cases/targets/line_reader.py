"""Reads lines of one programme for one view: what they have in common is read once, then one statement for each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.derived.rules import Derivation
from services.registry.domain.designations import ClusterDesignation
from services.registry.domain.divisions import Divisions
from services.registry.domain.programme.documents import Programme
from services.registry.domain.programme.measures import Measure
from services.registry.domain.targets.figures import Sums
from services.registry.domain.targets.lines import Line
from services.registry.domain.targets.view import Wish, holders, population_day, year_end
from services.registry.storage import clusters, designations, programmes, reference
from services.registry.storage.derived.statements import Asked
from services.registry.storage.targets import reading
from services.registry.storage.targets.rows import YearOfLine
from services.registry.use_cases.programme.show_programmes import newest_programme, show_programme
from shared.errors import NotFound
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class LineReader:
    """A programme as one division sees it on a day. ``whole``: whether that division is the programme's own."""

    session: AsyncSession
    programme: Programme
    year: int
    as_of: date
    wish: Wish
    division: str
    whole: bool
    counties: Sequence[str]
    own_clusters: frozenset[str]
    readable: frozenset[str]
    divisions: Divisions
    derivations: Mapping[str, Derivation]
    _held: dict[date, list[ClusterDesignation]] = field(default_factory=dict)

    async def sums(self, line: Line, measure: Measure) -> tuple[dict[int, Sums], dict[int, int]]:
        """Of each year on the way: the sums, and how many clusters or counties were looked at."""
        years = [await self.year_of(line, measure, year) for year in line.years(self.year)]
        looked_at = {
            of.asked.year: len(of.asked.clusters if measure.population == "clusters" else of.counties)
            for of in years
        }
        return await reading.sums_of(self.session, measure, years), looked_at

    async def year_of(self, line: Line, measure: Measure, year: int) -> YearOfLine:
        day = population_day(measure, year=year, asked_year=self.year, as_of=self.as_of)
        held = await self._holders(measure, day)
        return YearOfLine(
            asked=Asked(held, year, min(self.as_of, year_end(year)), self.wish.known_at),
            counties=self.counties,
            programme=self.programme.programme,
            derivations=self.derivations,
            caps=self.programme.caps,
            bounds=line.goal.bounds(line.goal.value),
            next_tier=line.next_tier,
        )

    async def _holders(self, measure: Measure, day: date) -> list[str]:
        """The designations of a day are read once, whatever number of lines asks for them."""
        if measure.population != "clusters":
            return []
        if day not in self._held:
            self._held[day] = await designations.designations_as_of(
                self.session, self.programme.programme, day, known_at=self.wish.known_at
            )
        return holders(self._held[day], measure, self.own_clusters, self.programme.designation)


async def line_reader(
    session: AsyncSession, programme: str, wish: Wish, *, today: date, actor: Principal
) -> LineReader:
    """For the actor's division or one below it; any other, and another province's programme, is not found."""
    document = await newest_programme(session, programme)
    divisions = await reference.load_divisions(session)
    division = _division(divisions, wish.division or actor.division, actor)
    owner = await programmes.division_of(session, programme)
    if owner is None or not (
        owner in divisions.path(division) or (owner in divisions and division in divisions.path(owner))
    ):
        raise NotFound("计划", "programme")
    readable = frozenset(divisions.counties_within(actor.division))
    return await _reader(session, document, wish, divisions, today, of=(division, owner), readable=readable)


async def programme_reader(session: AsyncSession, programme: str, wish: Wish, *, today: date) -> LineReader:
    """For the programme as a whole, whoever asks."""
    owner, document = await show_programme(session, programme)
    divisions = await reference.load_divisions(session)
    return await _reader(session, document, wish, divisions, today, of=(owner, owner), readable=frozenset())


async def _reader(
    session: AsyncSession,
    document: Programme,
    wish: Wish,
    divisions: Divisions,
    today: date,
    *,
    of: tuple[str, str],
    readable: frozenset[str],
) -> LineReader:
    """``of``: the division that is looked at, and the one whose programme it is."""
    division, owner = of
    catalogue = await programmes.get_catalogue(session, document.programme, document.version)
    as_of = wish.day(today)
    within = divisions.counties_within(division)
    by_county = await clusters.counties_of_clusters(session)
    return LineReader(
        session=session,
        programme=document,
        year=wish.year,
        as_of=as_of,
        wish=wish,
        division=division,
        whole=division == owner,
        counties=sorted(
            code
            for code in divisions.counties_on(as_of)
            if code in within and document.in_scope(divisions.codes_of(code), on=as_of)
        ),
        own_clusters=frozenset(code for code, county in by_county.items() if county in set(within)),
        readable=readable,
        divisions=divisions,
        derivations={} if catalogue is None else catalogue.derivations(),
    )


def _division(divisions: Divisions, code: str, actor: Principal) -> str:
    if code not in divisions or not actor.covers(divisions.scope(code)):
        raise NotFound("区划", "division")
    return code
