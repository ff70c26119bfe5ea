"""What applications and annual returns look like on the wire."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registry.domain.filings.checks.figures import Finding
from services.registry.domain.filings.filing import Content, FiledValue, Filing, FilingState, Step, Waiver
from services.registry.use_cases.filings.load_filing import FilingWithContent
from shared.documents.canonical import decimal_text
from shared.web.fields import Code, DecimalText, Name, Note, Sha256, Year

ValueStateName = Literal["value", "zero", "missing", "not_applicable"]
ProvenanceName = Literal["reported", "published", "synthetic", "derived"]


class ValueIn(BaseModel, extra="forbid"):
    """One figure. State `value` or `zero` takes a number, `missing` and `not_applicable` take none."""

    indicator: Code
    data_year: Year
    state: ValueStateName
    value: DecimalText | None = None
    definition: Annotated[
        Name, Field(description="口径: what was counted, if it differs from the catalogue")
    ] = "按指标目录"
    provenance: Annotated[ProvenanceName, Field(description="where the figure comes from")] = "reported"
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


class WaiverIn(BaseModel, extra="forbid"):
    rule: Code
    indicator: Code
    data_year: Year
    reason: Note


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
            values=filed_values(self.values),
            facts=dict(sorted(self.facts.items())),
            waivers=tuple(Waiver(w.rule, w.indicator, w.data_year, w.reason) for w in self.waivers),
        )


def filed_values(values: list[ValueIn]) -> tuple[FiledValue, ...]:
    filed = [
        FiledValue(
            indicator=value.indicator,
            data_year=value.data_year,
            state=value.state,
            value=None if value.value is None else Decimal(value.value),
            definition=value.definition,
            provenance=value.provenance,
            source=value.source,
        )
        for value in values
    ]
    return tuple(sorted(filed, key=lambda value: value.key))


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


class SendBackIn(BaseModel, extra="forbid"):
    note: Note
    reasons: Annotated[list[ReasonIn], Field(max_length=500)] = []


class CodesIn(BaseModel, extra="forbid"):
    codes: Annotated[
        list[Code], Field(min_length=1, max_length=500, description="all of one round; all or none")
    ]


class FilingSummary(BaseModel):
    code: str
    round: str
    cluster: str
    division_path: list[str]
    state: FilingState
    version: int
    content_hash: str
    prepared_by: str
    signed_off_by: str | None


class FindingOut(BaseModel):
    rule: str
    severity: Literal["error", "warning"]
    waivable: bool
    waived_because: str | None
    indicator: str
    data_year: int | None
    message: str
    message_en: str


class ValueOut(BaseModel):
    indicator: str
    data_year: int
    state: ValueStateName
    value: str | None
    definition: str
    provenance: ProvenanceName
    source: str
    confirmed_by: str | None


class FilingOut(FilingSummary):
    values: list[ValueOut]
    facts: dict[str, str]
    findings: list[FindingOut]


class FilingSummaries(BaseModel):
    filings: list[FilingSummary]


class StepOut(BaseModel):
    number: int
    step: Step
    actor: str
    unit: str
    content_hash: str
    note: str | None
    reasons: list[dict[str, Any]]
    content: dict[str, Any] | None
    business_date: date
    recorded_at: datetime


class StepList(BaseModel):
    steps: list[StepOut]


def summary(filing: Filing) -> FilingSummary:
    return FilingSummary(**_summary_fields(filing))


def filing_out(found: FilingWithContent) -> FilingOut:
    return FilingOut(
        **_summary_fields(found.filing),
        values=[
            ValueOut(
                indicator=value.indicator,
                data_year=value.data_year,
                state=value.state,
                value=None if value.value is None else decimal_text(value.value),
                definition=value.definition,
                provenance=value.provenance,
                source=value.source,
                confirmed_by=found.confirmed.get(value.key),
            )
            for value in found.content.values
        ],
        facts=dict(found.content.facts),
        findings=[_finding_out(finding) for finding in found.findings],
    )


def _summary_fields(filing: Filing) -> dict[str, Any]:
    return {
        "code": filing.code,
        "round": filing.round_code,
        "cluster": filing.cluster_code,
        "division_path": list(filing.division_path),
        "state": filing.state,
        "version": filing.version,
        "content_hash": filing.content_hash,
        "prepared_by": filing.prepared_by,
        "signed_off_by": filing.signed_off_by,
    }


def _finding_out(finding: Finding) -> FindingOut:
    return FindingOut(
        rule=finding.rule,
        severity=finding.severity,
        waivable=finding.waivable,
        waived_because=finding.waived_because,
        indicator=finding.indicator,
        data_year=finding.data_year,
        message=finding.zh,
        message_en=finding.en,
    )
