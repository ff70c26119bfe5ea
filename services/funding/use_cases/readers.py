"""Who reads what of the province's and the cities' own budgets."""

from typing import Final

from shared.web.principals import Role

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
