"""Who reads what of the province's and the cities' own budgets."""

from typing import Final

from services.funding.domain.orders.quota_path import is_province
from shared.web.principals import Principal, Role

#: Who sees rounds, money and lists of the own budget; everybody else sees issued awards of the own division.
WHOLE_BUDGET: Final = (
    Role.PROVINCE_OFFICER,
    Role.PROVINCE_DECIDER,
    Role.FINANCE_MAKER,
    Role.FINANCE_REVIEWER,
    Role.AUDITOR,
    Role.PIPELINE,
    Role.SERVICE,
)


def sees_all(principal: Principal) -> bool:
    """A city's finance department has the same roles as the province's, but no view of other cities' projects."""
    return principal.has(*WHOLE_BUDGET) and is_province(principal.division)


def sees_county(principal: Principal, county_code: str) -> bool:
    return sees_all(principal) or principal.division == county_code
