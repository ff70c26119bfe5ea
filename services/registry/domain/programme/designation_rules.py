"""How a programme designates over the years: places, caps, rectification, who files nothing, who comes back."""

from typing import Annotated, Literal

from pydantic import Field

from services.registry.domain.programme.parts import DocumentPart, Rule
from shared.web.fields import DecimalText

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


class ReEntry(Rule):
    """A removed cluster is on a list again after so many days."""

    wait_days: Days


class Approval(Rule):
    """Who approves after the notice: the lead department itself, or a higher authority whose reply it asks for."""

    by: Literal["lead_department", "higher_authority"]


class DesignationRules(DocumentPart):
    """A rule that a programme does not give binds nobody."""

    places: Places | None = None
    county_cap: CountyCap | None = None
    rectification: Rectification | None = None
    silent_holders: SilentHolders | None = None
    cultivation: Cultivation | None = None
    re_entry: ReEntry | None = None
    approval: Approval | None = None
