"""What counties and reviewers send about a filing."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registry.domain.filings.content import Content, FiledValue, Provenance, ValueState, Waiver
from services.registry.domain.filings.send_back import FieldReason
from shared.web.fields import Code, DecimalText, Name, Note, Sha256, Year


class ValueIn(BaseModel, extra="forbid"):
    """One figure. State `value` or `zero` takes a number, `missing` and `not_applicable` take none."""

    indicator: Code
    data_year: Year
    state: ValueState
    value: DecimalText | None = None
    definition: Annotated[
        Name, Field(description="口径: what was counted, if it differs from the catalogue")
    ] = "按指标目录"
    provenance: Annotated[Provenance, Field(description="where the figure comes from")] = "reported"
    source: Annotated[
        Name, Field(description="document, register or statement that the figure was taken from")
    ]

    @model_validator(mode="after")
    def _value_fits_state(self) -> Self:
        number = None if self.value is None else Decimal(self.value)
        if (number is not None) != (self.state in {"value", "zero"}):
            raise PydanticCustomError(
                "value_fits_state",
                "give a number exactly in the states value and zero",
                {"zh": "状态为 value 或 zero 时须填数字,其他状态不填数字"},
            )
        if number is not None and (number == 0) != (self.state == "zero"):
            raise PydanticCustomError(
                "zero_is_said", "say state zero for 0, and only for 0", {"zh": "数值为 0 时状态应为 zero"}
            )
        return self

    def filed(self) -> FiledValue:
        number = None if self.value is None else Decimal(self.value)
        return FiledValue(**{**self.model_dump(), "value": number})


class WaiverIn(BaseModel, extra="forbid"):
    rule: Code
    indicator: Code
    data_year: Year
    reason: Note

    def waiver(self) -> Waiver:
        return Waiver(**self.model_dump())


class ContentIn(BaseModel, extra="forbid"):
    values: Annotated[list[ValueIn], Field(max_length=5_000)]
    facts: dict[Code, Code] = Field(max_length=200)
    waivers: Annotated[list[WaiverIn], Field(max_length=1_000)] = []

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        keys = [(value.indicator, value.data_year) for value in self.values]
        waived = [(waiver.rule, waiver.indicator, waiver.data_year) for waiver in self.waivers]
        if len(keys) != len(set(keys)) or len(waived) != len(set(waived)):
            raise PydanticCustomError(
                "given_twice", "a value or a waiver is given twice", {"zh": "同一指标同一年度重复填写"}
            )
        return self

    def content(self) -> Content:
        return Content(
            values=_sorted(self.values),
            facts=dict(sorted(self.facts.items())),
            waivers=tuple(waiver.waiver() for waiver in self.waivers),
        )


class FilingIn(ContentIn):
    round: Code
    cluster: Code


class RestatementIn(BaseModel, extra="forbid"):
    reason: Note
    values: Annotated[list[ValueIn], Field(max_length=5_000)] = []
    facts: Annotated[dict[Code, Code], Field(max_length=200)] = {}

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.values and not self.facts:
            raise PydanticCustomError("nothing_restated", "nothing is restated", {"zh": "没有要更正的内容"})
        return self

    def filed_values(self) -> tuple[FiledValue, ...]:
        return _sorted(self.values)


class SignOffIn(BaseModel, extra="forbid"):
    content_hash: Annotated[Sha256, Field(description="hash of the content that the signer has read")]


class RecommendationIn(BaseModel, extra="forbid"):
    note: Annotated[Note, Field(description="the city's opinion")]
    content_hash: Annotated[
        Sha256 | None,
        Field(
            description="hash of the content that the city has read; refused if the county changed it since"
        ),
    ] = None


class ReasonIn(BaseModel, extra="forbid"):
    indicator: Code
    data_year: Year
    reason: Note

    def field_reason(self) -> FieldReason:
        return FieldReason(**self.model_dump())


class SendBackIn(BaseModel, extra="forbid"):
    note: Note
    reasons: Annotated[list[ReasonIn], Field(max_length=500)] = []

    def field_reasons(self) -> list[FieldReason]:
        return [reason.field_reason() for reason in self.reasons]


class CodesIn(BaseModel, extra="forbid"):
    codes: Annotated[
        list[Code], Field(min_length=1, max_length=500, description="all of one round; all or none")
    ]


def _sorted(values: Iterable[ValueIn]) -> tuple[FiledValue, ...]:
    return tuple(sorted((value.filed() for value in values), key=lambda value: value.key))
