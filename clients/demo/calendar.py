"""The days of the demo's year. Published are the policy's day and the first notice, 4 to 10 September 2024."""

from datetime import date

POLICY_ISSUED = date(2024, 5, 27)
PUBLISHED_ON = date(2024, 6, 3)
FILED_ON = date(2024, 6, 20)
REVIEWED_ON = date(2024, 8, 6)
ACCEPTED_ON = date(2024, 8, 14)
CUT_OFF = date(2024, 8, 16)
ASSESSED_ON = date(2024, 8, 26)
DECIDED_ON = date(2024, 9, 2)
NOTICE_FROM = date(2024, 9, 4)
OBJECTED_ON = date(2024, 9, 6)
RULED_ON = date(2024, 9, 10)
DECIDED_AGAIN_ON = date(2024, 9, 12)
NOTICE_AGAIN_FROM = date(2024, 9, 13)
FINAL_ON = date(2024, 9, 20)
DESIGNATED_ON = date(2024, 9, 23)
ALLOCATED_ON = date(2024, 10, 9)
REVIEWED_MONEY_ON = date(2024, 10, 16)
ISSUED_ON = date(2024, 10, 21)
PRIORITY_ON = date(2024, 10, 28)
