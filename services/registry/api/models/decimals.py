"""Decimals on the wire: as text, in their one spelling."""

from decimal import Decimal
from typing import Annotated

from pydantic import BeforeValidator

from shared.documents.canonical import decimal_text


def _text(value: object) -> object:
    return decimal_text(value) if isinstance(value, Decimal) else value


#: What a decimal number becomes in an answer.
Figure = Annotated[str, BeforeValidator(_text)]
