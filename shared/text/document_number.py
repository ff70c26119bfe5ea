"""An office's document number (文号) in one form.

鄂财建发 [2024] 88 号 and 鄂财建发(2024)88号 are 鄂财建发〔2024〕88号: the year stands in hexagonal brackets (六角括号,
U+3014 and U+3015), whatever brackets were typed around it; digits are half width; there are no blanks. What has no year
in brackets stays as it is stored: nothing is guessed.
"""

import re
from typing import Final

from shared.text.hygiene import compared, stored

_OPENING, _CLOSING = "[({〔【〖〘〈《﹝<", "])}〕】〗〙〉》﹞>"
_YEAR: Final = re.compile(
    f"(?P<before>.*?)[{re.escape(_OPENING)}](?P<year>[0-9]{{4}})[{re.escape(_CLOSING)}](?P<after>.*)"
)


def folded(text: str) -> str:
    """The number as it is kept. Raises :class:`shared.text.hygiene.UnfitCharacter`."""
    kept = stored(text).text
    found = _YEAR.fullmatch("".join(compared(kept).split()))
    return kept if found is None else f"{found['before']}〔{found['year']}〕{found['after']}"
