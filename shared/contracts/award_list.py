"""AwardList: what funding issues to the finance department, serial-numbered, adding up to the pool exactly."""

from typing import Annotated, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from shared.contracts.document import Document, Part, Sha256
from shared.text.money import MAX_FEN

Fen = Annotated[int, Field(ge=0, le=MAX_FEN)]


class IncentiveReference(Part):
    id: str
    version: str
    sha256: Sha256


class Award(Part):
    """One award. ``clause`` is the rule that it follows, ``tier`` the prize tier's code."""

    serial: int
    cluster: str
    name: str
    county_code: str
    county_name: str
    rank: int
    tier: str
    amount_fen: Fen
    clause: str


class AwardList(Document):
    schema_: Literal["county-clusters/award-list/1"] = Field(
        default="county-clusters/award-list/1", alias="schema"
    )
    programme: str
    programme_version: str
    incentive: IncentiveReference
    assessment_year: int
    fiscal_year: int
    purpose: str
    list_number: str
    release_sha256: Sha256
    designations_sha256: Sha256
    pool_fen: Fen
    awards: tuple[Award, ...]
    unallocated_fen: Fen
    unallocated_disposition: str
    second_reward_ground: str | None = None
    further_releases: tuple[Sha256, ...] = ()

    @model_serializer(mode="wrap")
    def _without_what_few_lists_have(self, serialize: SerializerFunctionWrapHandler) -> dict[str, object]:
        """The ground is part of a list that rewards the same results once more, and of no other; so are further
        releases of a list that rests on several."""
        document: dict[str, object] = serialize(self)
        if self.second_reward_ground is None:
            del document["second_reward_ground"]
        if not self.further_releases:
            del document["further_releases"]
        return document

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        if sum(award.amount_fen for award in self.awards) + self.unallocated_fen != self.pool_fen:
            raise ValueError("awards and the unallocated rest must add up to the pool")
        if len({self.release_sha256, *self.further_releases}) != 1 + len(self.further_releases):
            raise ValueError("each release is named once")
        if [award.serial for award in self.awards] != list(range(1, len(self.awards) + 1)):
            raise ValueError("serial numbers must run from 1 without a gap")
        return self
