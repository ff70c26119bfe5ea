"""Where a principal stands after a recode of its division."""

from dataclasses import replace

from shared.data.division_recodes import Recodes
from shared.web.principals import Principal


def placed(principal: Principal, recodes: Recodes) -> Principal:
    """The principal at the code under which its division's things are kept, with what the division took over.

    A token may name the old code of a recoded county or the new one: it is the same county.
    """
    kept = recodes.kept(principal.division)
    taken_over = recodes.taken_over(kept) | recodes.taken_over(principal.division)
    if kept == principal.division and not taken_over:
        return principal
    return replace(principal, division=kept, taken_over=taken_over - {kept})
