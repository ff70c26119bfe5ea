"""When two words are the same: numbers compare as numbers (`0` is `0.0`), texts without regard to blanks around them,
width, case and Unicode form (`shared.text.hygiene`).
"""

from fractions import Fraction

from shared.tables.cells import number_of
from shared.text import hygiene

WordKey = Fraction | str


def word_key(text: str) -> WordKey:
    """What two spellings of one word have in common; a text with what no text may hold is itself only."""
    try:
        plain = hygiene.key(text)
    except hygiene.UnfitCharacter:
        return text
    number = number_of(plain)
    return plain if number is None else number
