"""The way of quota down the levels: which division a finance department passes it on to."""

from collections.abc import Callable, Sequence


def next_division(path: Sequence[str], from_division: str, *, kept: Callable[[str], str] = str) -> str | None:
    """To whom quota goes next: from the province to the county, but to the city where the county is its district.

    ``kept`` tells under which code a recoded division's accounts are; whether it is a district, its own code tells.
    """
    holders = [kept(code) for code in path]
    if from_division not in holders or from_division == holders[-1]:
        return None
    return holders[holders.index(from_division) + 1] if is_district(path[-1]) else holders[-1]


def way_of_line(way: Sequence[str], known: Sequence[str] | None, kept: Callable[[str], str]) -> Sequence[str]:
    """A line's money for a cluster goes down one way: after a recode of its county still that of before."""
    if known and way and known[-1] != way[-1] and kept(known[-1]) == kept(way[-1]):
        return known
    return way


def is_district(code: str) -> bool:
    """A district of a city (市辖区) by its code (GB/T 2260: 01 to 20, or 51 to 70, both for the city and in it).

    Its budget is part of the city's; a county and a county-level city deal with the province directly. The cities of
    an autonomous prefecture (21 to 50) are numbered from 01 on, too, and so are what a province runs itself (90).
    """
    return all(1 <= part <= 20 or 51 <= part <= 70 for part in (int(code[2:4]), int(code[4:6])))
