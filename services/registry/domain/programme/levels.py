"""Levels of status, such as municipal, provincial and national: what each needs, who gives it, how many may hold it."""

from typing import Annotated, Final, Literal

from pydantic import Field

from services.registry.domain.programme.parts import DocumentPart, Rule
from shared.web.fields import Code, Name

Days = Annotated[int, Field(ge=0, le=3_660)]


class Places(Rule):
    """How many clusters hold a designation at most: about this number (左右), so many more are within it."""

    number: Annotated[int, Field(ge=1, le=10_000)]
    tolerance: Annotated[int, Field(ge=0, le=1_000)]

    @property
    def limit(self) -> int:
        return self.number + self.tolerance


class CountyCap(Rule):
    """How many clusters of one county hold a designation at most."""

    number: Annotated[int, Field(ge=1, le=100)]


class ReEntry(Rule):
    """A removed cluster is on a list again after so many days."""

    wait_days: Days


class Needs(DocumentPart):
    """The level that a cluster has before it rises, and for how many days at least."""

    level: Code
    held_days: Days = 0


class StatusLevel(Rule):
    """``decision``: a designation decision gives it on a signed release; ``title``: a ministry gives it by its own
    document, which a decision records.

    ``places`` and ``county_cap`` are of clusters of this level or one above it. ``re_entry`` is for who is removed from
    this level, in place of the programme's.
    """

    code: Code
    zh: Name
    en: Name
    given_by: Literal["decision", "title"]
    needs: Needs | None = None
    places: Places | None = None
    county_cap: CountyCap | None = None
    re_entry: ReEntry | None = None


#: Of a programme that names no levels.
PROVINCIAL_AND_NATIONAL: Final = (
    StatusLevel(code="provincial", zh="省级", en="Provincial", given_by="decision", label="illustrative"),
    StatusLevel(code="national", zh="国家级", en="National", given_by="title", label="illustrative"),
)


def check_ladder(levels: tuple[StatusLevel, ...]) -> None:
    """Decided levels first, each on the one before it; then titles, which rest on a decided level or on none."""
    codes = [level.code for level in levels]
    if len(codes) != len(set(codes)):
        raise ValueError("codes in levels must be unique")
    if levels[0].given_by != "decision":
        raise ValueError("the first level is given by decision")
    decided: list[str] = []
    for before, level in zip((None, *levels), levels, strict=False):
        needed = None if level.needs is None else level.needs.level
        if level.given_by == "title":
            if needed is not None and needed not in decided:
                raise ValueError(f"levels.{level.code} needs {needed}, which no decision gives")
            if (level.places, level.county_cap, level.re_entry) != (None, None, None):
                raise ValueError(f"levels.{level.code}: a title has no places, cap or wait here")
            continue
        if before is not None and before.given_by == "title":
            raise ValueError(f"levels.{level.code} is given by decision and stands above a title")
        if needed != (None if before is None else before.code):
            raise ValueError(f"levels.{level.code} needs the level before it, the first one none")
        decided.append(level.code)
