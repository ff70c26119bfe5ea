"""What every answer has in common. No field has a default: what is not there is null."""

import json
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict


class Answer(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)


def _decoded(document: object) -> object:
    return json.loads(document) if isinstance(document, bytes) else document


def _plain(number: object) -> object:
    return f"{number:f}" if isinstance(number, Decimal) else number


#: A document as it is kept: the canonical bytes that were hashed.
StoredDocument = Annotated[dict[str, Any], BeforeValidator(_decoded)]
#: An exact decimal, written without an exponent.
DecimalText = Annotated[str, BeforeValidator(_plain)]
