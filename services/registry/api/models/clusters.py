"""Clusters on the wire."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.registry.domain.clusters import Cluster
from shared.web.fields import Code, DivisionCode, Name, Note

Class51020 = Literal["pillar", "advantage", "emerging", "none"]
IndustryCode = Annotated[str, Field(pattern=r"^([A-T]|[0-9]{2,4})$")]


class ClusterIn(BaseModel, extra="forbid"):
    programme: Code
    county_code: DivisionCode
    name: Name
    leading_industry: Annotated[
        Name, Field(description="根植性主导产业: the rooted leading industry it belongs to")
    ]
    class_51020: Annotated[
        Class51020 | None,
        Field(
            description="class in the province's 51020 industries of a leading industry that is new to the register"
        ),
    ] = None
    industry_codes: Annotated[list[IndustryCode], Field(min_length=1, max_length=20, description="GB/T 4754")]
    in_focus: Annotated[
        bool, Field(description="one of the county's clusters in focus (重点打造)", strict=True)
    ]
    waiver_reason: Annotated[Note | None, Field(description="why a cap of 27号 二(一) is exceeded")] = None

    def cluster(self) -> Cluster:
        """Without a code yet."""
        return Cluster(
            code="",
            county_code=self.county_code,
            name=self.name,
            leading_industry=self.leading_industry,
            class_51020=self.class_51020,
            industry_codes=tuple(self.industry_codes),
            in_focus=self.in_focus,
            waiver_reason=self.waiver_reason,
        )


class ClusterOut(BaseModel):
    code: str = Field(description="business code: county code and running number")
    county_code: str
    name: str
    leading_industry: str
    class_51020: str | None = Field(description="as the register of leading industries has it")
    industry_codes: list[str]
    in_focus: bool
    waiver_reason: str | None
