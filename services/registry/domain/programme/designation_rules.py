"""How a programme designates over the years: levels, places, caps, rectification, who files nothing, who comes back."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from services.registry.domain.programme.levels import (
    PROVINCIAL_AND_NATIONAL,
    CountyCap,
    Places,
    ReEntry,
    StatusLevel,
    check_ladder,
)
from services.registry.domain.programme.parts import DocumentPart, Rule
from shared.web.fields import DecimalText


class Rectification(Rule):
    """A holder that fails has so many days. One that fails in rectification is removed.

    ``keep_from``: a holder near the line is kept from this score on, so that it does not come and go with every point.
    """

    days: Annotated[int, Field(ge=1, le=3_660)]
    keep_from: DecimalText | None = None


class SilentHolders(Rule):
    """What is proposed for a holder without an accepted return: in the first year, in the second in a row ..."""

    steps: Annotated[tuple[Literal["remind", "rectify", "remove"], ...], Field(min_length=1, max_length=10)]


class Cultivation(Rule):
    """A cluster is on the second list at most so many times in a row; then it is designated or dropped."""

    times: Annotated[int, Field(ge=1, le=100)]


class Approval(Rule):
    """Who approves after the notice: the lead department itself, or a higher authority whose reply it asks for."""

    by: Literal["lead_department", "higher_authority"]


@dataclass(frozen=True, slots=True)
class Bound:
    """How many may hold the level of this rank or a higher one. ``level`` is null where it is about every level."""

    rank: int
    level: StatusLevel | None
    places: Places | None
    county_cap: CountyCap | None


class DesignationRules(DocumentPart):
    """A rule that a programme does not give binds nobody. ``places`` and ``county_cap`` are of all levels together.

    Levels that a programme does not name are not written either: what was published before there were any is the same
    content still.
    """

    levels: Annotated[
        tuple[StatusLevel, ...] | None,
        Field(min_length=1, max_length=10, exclude_if=lambda levels: levels is None),
    ] = None
    places: Places | None = None
    county_cap: CountyCap | None = None
    rectification: Rectification | None = None
    silent_holders: SilentHolders | None = None
    cultivation: Cultivation | None = None
    re_entry: ReEntry | None = None
    approval: Approval | None = None

    @model_validator(mode="after")
    def _levels_are_a_ladder(self) -> Self:
        check_ladder(self.ladder)
        return self

    @property
    def ladder(self) -> tuple[StatusLevel, ...]:
        """The levels from below; of a programme that names none, provincial and national."""
        return self.levels or PROVINCIAL_AND_NATIONAL

    def level(self, code: str) -> StatusLevel:
        return self.ladder[self.rank(code)]

    def rank(self, code: str | None) -> int:
        """The place of a level from below, from 0 on; -1 for none."""
        return -1 if code is None else [level.code for level in self.ladder].index(code)

    def highest(self, codes: Iterable[str]) -> str:
        return max(codes, key=self.rank)

    def next_decided(self, held: str | None) -> StatusLevel | None:
        """What a decision gives next to a cluster that holds this level; none above the last."""
        above = self.ladder[self.rank(held) + 1 :]
        return above[0] if above and above[0].given_by == "decision" else None

    def titles(self) -> list[StatusLevel]:
        return [level for level in self.ladder if level.given_by == "title"]

    def wait_after(self, level: str | None) -> ReEntry | None:
        """What a cluster that was removed from this level waits for."""
        own = None if level is None else self.level(level).re_entry
        return own or self.re_entry

    def bounds(self) -> list[Bound]:
        """All places and caps, that of all levels together first."""
        every = Bound(0, None, self.places, self.county_cap)
        return [every] + [
            Bound(rank, level, level.places, level.county_cap) for rank, level in enumerate(self.ladder)
        ]
