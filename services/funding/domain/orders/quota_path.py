"""The way of quota down the levels: which division a finance department passes it on to."""

from collections.abc import Sequence


def next_division(path: Sequence[str], from_division: str) -> str | None:
    """To whom quota goes next: from the province to the county, but to the city where the county is its district."""
    if from_division not in path or from_division == path[-1]:
        return None
    return path[path.index(from_division) + 1] if is_district(path[-1]) else path[-1]


def is_district(code: str) -> bool:
    """A district of a city (市辖区) by its code (GB/T 2260: 01 to 20, or 51 to 70, both for the city and in it).

    Its budget is part of the city's; a county and a county-level city deal with the province directly. The cities of
    an autonomous prefecture (21 to 50) are numbered from 01 on, too, and so are what a province runs itself (90).
    """
    return all(1 <= part <= 20 or 51 <= part <= 70 for part in (int(code[2:4]), int(code[4:6])))
