"""What every fund order has."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from shared.web.fields import BusinessDate, Code, DocumentNumber, Note


class OrderState(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Order(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Note


class DocumentedOrder(Order):
    """An order with a document of its own."""

    document_number: DocumentNumber = Field(
        description="文号 of the order's own document, such as 鄂财建发〔2024〕88号; orders of one document share it"
    )
    document_date: BusinessDate


class MoneyOrder(DocumentedOrder):
    """An order that moves money of a line."""

    appropriation: Code = Field(examples=["2024-incentive"])
