"""The days of the demo's year.

Three days are known from what was published: 27号 is of 2024-05-27; the notice of the proposed list ran from 4 to 10
September 2024; on 21 September a newspaper of 随州 printed that 曾都 had ranked 5th and got 700 万元, so that the award
list was issued by the 20th. A fourth one is that of 国办发〔2024〕52号, public since 25 December 2024: no project is
tested by its negative list before. All other days are ours, put where nothing contradicts these or the calendar
(15 to 17 September and 1 to 7 October were holidays).
"""

from datetime import date

#: Ours: a provincial budget is approved by the people's congress at the beginning of its year.
BUDGET_APPROVED_ON = date(2024, 2, 2)
PUBLISHED_ON = date(2024, 6, 3)
FILED_ON = date(2024, 6, 20)
REVIEWED_ON = date(2024, 8, 6)
ACCEPTED_ON = date(2024, 8, 14)
CUT_OFF = date(2024, 8, 16)
#: The day before the published notice of 4 to 10 September 2024: by its plan, the pipeline opens a notice on the day
#: after the decision; the second one, of seven calendar days again, begins after the first has ended.
DECIDED_ON = date(2024, 9, 3)
OBJECTED_ON = date(2024, 9, 6)
RULED_ON = date(2024, 9, 9)
DECIDED_AGAIN_ON = date(2024, 9, 10)
DESIGNATED_ON = date(2024, 9, 18)
ALLOCATED_ON = date(2024, 9, 18)
REVIEWED_MONEY_ON = date(2024, 9, 19)
#: Ours, but not later than this: on the next day the award of 曾都 was in a newspaper.
ISSUED_ON = date(2024, 9, 20)
PASSED_DOWN_ON = date(2024, 9, 24)
PASSED_ON_ON = date(2024, 10, 9)
PLANNED_ON = date(2024, 10, 28)
PAID_ON = date(2024, 12, 16)
RETURNED_ON = date(2024, 12, 20)
#: Ours, but not before 25 December: from then on a project is judged by the negative list of 国办发〔2024〕52号.
PRIORITY_ON = date(2024, 12, 30)
#: Ours: what is left of the year's money is settled on its last day.
SETTLED_ON = date(2024, 12, 31)
