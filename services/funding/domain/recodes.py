"""Orders name a recoded division by any of its codes; they are kept, and move money, under the one of its accounts."""

from collections.abc import Callable, Mapping, Sequence

from services.funding.domain.orders.kinds import FundOrder
from services.funding.domain.orders.money_orders import PassDown, Recovery, Settlement, YearEnd
from services.funding.domain.orders.opening_orders import OpenedAward, Opening
from services.funding.domain.orders.record_orders import FinanceDivisionCodes


def with_kept_codes(order: FundOrder, kept: Callable[[str], str]) -> FundOrder:
    match order:
        case PassDown():
            lines = [line.model_copy(update={"to_division": kept(line.to_division)}) for line in order.lines]
            return order.model_copy(update={"lines": lines})
        case Recovery() | Settlement() | YearEnd() if order.division is not None:
            return order.model_copy(update={"division": kept(order.division)})
        case Opening():
            return order.model_copy(update={"awards": tuple(_award(award, kept) for award in order.awards)})
        case FinanceDivisionCodes():
            divisions = [
                entry.model_copy(update={"division_code": kept(entry.division_code)})
                for entry in order.divisions
            ]
            return order.model_copy(update={"divisions": divisions})
        case _:
            return order


def _award(award: OpenedAward, kept: Callable[[str], str]) -> OpenedAward:
    """Whether the county is a district, and so its way, its own code tells."""
    *above, county = award.division_path
    path = (*map(kept, above), county)
    return award.model_copy(update={"county_code": kept(award.county_code), "division_path": path})


def under_kept_codes(
    paths: Mapping[str, Sequence[str]], named_now: Mapping[str, str], kept: Callable[[str], str]
) -> dict[str, Sequence[str]]:
    """The way to each division as the register has it, by the code of its accounts; ``named_now``: what a recoded
    division is called today."""
    today = {code: paths[now] for code, now in named_now.items() if now in paths}
    return {code: [kept(step) for step in path] for code, path in {**paths, **today}.items()}
