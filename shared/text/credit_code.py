"""Unified social credit codes (GB 32100-2015) with both of their check characters.

18 characters: registration department, kind, division (6 digits), the organisation code with its own check
character (GB 11714-1997, ISO 7064-like with modulus 11), and a check character over the first 17 (modulus 31).
A code that passes the outer check may still fail the inner one; both are checked.
"""

from operator import getitem
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
#: A division that no county has: codes made up for tests and demonstrations carry it and are marked by it.
TEST_DIVISION: Final = "000000"

_VALUE: Final = {character: value for value, character in enumerate(ALPHABET)}
_INNER_VALUE: Final = {
    character: value for value, character in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
}
_OUTER_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_INNER_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_OUTER: Final = tuple({c: v * w for c, v in _VALUE.items()} for w in _OUTER_WEIGHTS)
_INNER: Final = tuple({c: v * w for c, v in _INNER_VALUE.items()} for w in _INNER_WEIGHTS)


def outer_check(code17: str) -> str:
    """The 18th character of a credit code, from its first 17."""
    return ALPHABET[-sum(map(getitem, _OUTER, code17)) % 31]


def inner_check(code8: str) -> str:
    """The check character of an organisation code, from its first 8 characters."""
    return "0123456789X0"[11 - sum(map(getitem, _INNER, code8)) % 11]


def fault_of(code: str) -> str | None:
    """What is wrong with a credit code: ``length``, ``characters``, ``outer`` or ``inner``; None if nothing is."""
    if len(code) != 18:
        return "length"
    try:
        if outer_check(code[:17]) != code[17]:
            return "outer"
        return None if inner_check(code[8:16]) == code[16] else "inner"
    except KeyError:
        return "characters"


def is_test_code(code: str) -> bool:
    """Codes of the division 000000, which no firm can have: made up for tests and demonstrations."""
    return code[2:8] == TEST_DIVISION


def make_test_code(number: int) -> str:
    """A code made up for tests: both check characters are right, the division is 000000."""
    if not 0 <= number < 31**6:
        raise ValueError("number does not fit")
    body = ""
    for _ in range(8):
        number, digit = divmod(number, 31)
        body = ALPHABET[digit] + body
    code = "91" + TEST_DIVISION + body + inner_check(body)
    return code + outer_check(code)
