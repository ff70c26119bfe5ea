"""Canonical JSON: one document, one sequence of bytes, one hash.

The rules (``docs/canonical-documents.md``): UTF-8, object keys sorted by code point, no white space, no
escapes beyond what JSON requires, integers in plain digits, decimals as strings, no floats, no NaN.
A hash names its algorithm: ``sha256:<64 hex digits>``.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

_ALLOWED: Final = (
    "a canonical document holds objects with string keys, arrays, strings, integers, booleans and null"
)

Json = Mapping[str, "Json"] | Sequence["Json"] | str | int | bool | None

_MAX_INTEGER: Final = 2**53 - 1


def canonical_bytes(document: Json) -> bytes:
    """The canonical bytes of a document; raises ``TypeError`` or ``ValueError`` for what has no canonical form."""
    _check(document)
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8")


def sha256_of(content: bytes) -> str:
    """The hash of bytes, with its algorithm in front."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def document_hash(document: Json) -> str:
    """The hash of a document's canonical bytes."""
    return sha256_of(canonical_bytes(document))


def _check(value: object) -> None:
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > _MAX_INTEGER:
            raise ValueError(f"{value} is too large for an integer in JSON; write it as a string")
        return
    if isinstance(value, Mapping):
        for key, member in value.items():
            if not isinstance(key, str):
                raise TypeError(_ALLOWED)
            _check(member)
        return
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray):
        for member in value:
            _check(member)
        return
    raise TypeError(f"{_ALLOWED}, not {type(value).__name__}")


def decimal_text(value: Decimal) -> str:
    """The one spelling of a decimal number: plain digits, no exponent, no trailing zeros, no minus zero."""
    if not value.is_finite():
        raise ValueError("a canonical document holds finite numbers only")
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text
