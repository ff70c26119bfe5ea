"""Fund orders that move money of a line: a change of it, passing down, variations, recoveries, the end of the year.

Nothing of what they correct is ever edited: each is a new fact with its document and reason.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.funding.domain.orders.order import MoneyOrder
from shared.text.money import MAX_FEN
from shared.web.fields import BusinessDate, Code, DivisionCode, DocumentNumber, Note, PositiveFen

MAX_LINES: Final = 1_000


class AppropriationChange(MoneyOrder):
    """调整预算: more money into a line, or less; what is taken back must still be available."""

    kind: Literal["appropriation_change"]
    direction: Literal["increase", "decrease"]
    amount_fen: PositiveFen


class PassDownLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    cluster: Code
    to_division: DivisionCode = Field(description="the county, or the city above a district")
    amount_fen: PositiveFen = Field(description="before any deduction")
    deducted_fen: Annotated[int, Field(ge=0, le=MAX_FEN, strict=True)] = Field(
        default=0, description="what the county owes from an earlier year's variation, deducted here"
    )


class PassDown(MoneyOrder):
    """资金下达: quota to the next level, province → county, or province → city → district."""

    kind: Literal["pass_down"]
    deadline: BusinessDate = Field(description="by when the receiving level passes it on or spends it")
    performance_targets: Note | None = Field(default=None, description="绩效目标 that go with the money")
    late_ground: Note | None = Field(
        default=None, description="why it comes later than 60 days after the budget's approval"
    )
    lines: Annotated[list[PassDownLine], Field(min_length=1, max_length=MAX_LINES)]


class Variation(MoneyOrder):
    """A correction after issue: the award is adjusted, or the county's next award is reduced."""

    kind: Literal["variation"]
    cluster: Code
    method: Literal["increase", "decrease", "deduct_next_year"]
    amount_fen: PositiveFen


class Grant(MoneyOrder):
    """27号 三(二): money of a source to a key project, by the source's own rule and not by rank."""

    kind: Literal["grant"]
    project: Code = Field(description="a registered project of a cluster (项目代码)")
    own_rule: Note = Field(description="the rule of the source by which the project was chosen")
    cluster: Code = Field(description="the project's cluster; the money goes down the path of its county")
    amount_fen: PositiveFen


class PlanCut(BaseModel):
    """What a budget project of a county plans from now on; one that plans no more than it paid is closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    budget_project: Code
    planned_fen: Annotated[int, Field(ge=0, le=MAX_FEN, strict=True)]


PlanCuts = Annotated[
    tuple[PlanCut, ...],
    Field(
        max_length=MAX_LINES,
        description="where the quota that is left does not cover what the county's budget projects plan: "
        "what each of them plans from now on",
    ),
]


class Recovery(MoneyOrder):
    """收回: unspent quota is withdrawn, or what was paid is deducted from the county at year-end settlement."""

    kind: Literal["recovery"]
    cluster: Code
    division: DivisionCode = Field(description="who holds the quota, or whose treasury paid")
    method: Literal["quota_withdrawn", "deducted_at_settlement"]
    ground: Literal[
        "fraud", "misuse", "unspent", "audit_decision", "inspection_decision", "superseded_release"
    ] = Field(description="removal of a designation is none: it takes back nothing that was lawfully issued")
    decision_document_number: DocumentNumber | None = Field(
        default=None, description="文号 of the audit's or the inspection's decision, for these two grounds"
    )
    amount_fen: PositiveFen
    plan_cuts: PlanCuts = ()


class Settlement(MoneyOrder):
    """结算扣减 done: what a county owed was deducted, and is back in the budget."""

    kind: Literal["settlement"]
    cluster: Code
    division: DivisionCode
    amount_fen: PositiveFen


class YearEnd(MoneyOrder):
    """What is left at the end of the year: back to the budget, or carried over by decision (收回, 结转)."""

    kind: Literal["year_end"]
    left_in: Literal["available", "retained", "awarded", "passed_down"]
    cluster: Code | None = Field(default=None, description="for awarded and passed_down")
    division: DivisionCode | None = Field(default=None, description="for passed_down: who holds the quota")
    disposition: Literal["return", "carry_over"]
    amount_fen: PositiveFen
    plan_cuts: PlanCuts = ()


class CarryIn(MoneyOrder):
    """What one year's line carried over becomes available in a line of a later year."""

    kind: Literal["carry_in"]
    into: Code = Field(description="the appropriation of the later year")
    amount_fen: PositiveFen


MoneyMovingOrder = (
    AppropriationChange | PassDown | Variation | Grant | Recovery | Settlement | YearEnd | CarryIn
)
