"""Whether a project can be tested on a day at all: its rules and its negative list are known and in force then."""

from collections.abc import Iterable
from datetime import date

from services.funding.domain.refusals import (
    NegativeListNotInForce,
    NegativeListSuperseded,
    RulesNotInEffect,
)
from services.funding.domain.rules.incentive import IncentiveRules, Instrument, NegativeList
from shared.policy.documents import check_public


def check_rules_on(
    rules: IncentiveRules, instrument: Instrument, others: Iterable[IncentiveRules], *, today: date
) -> NegativeList | None:
    """The list by which a project is judged today; none where the instrument has no negative list at all.

    ``others``: the other published rules of the programme. Refuses rules of which one names a newer list.
    """
    listing = instrument.list_in_force(today)
    if instrument.negative_lists and listing is None:
        first = instrument.negative_lists[0].document
        raise NegativeListNotInForce(
            f"负面清单《{first.number}》公布于 {first.published_on},在 {today} 不能据此审查项目",
            f"The negative list of {first.number} was published on {first.published_on}; "
            f"no project is judged by it on {today}",
        )
    if rules.document is not None:
        check_public([rules.document], today)
    if not rules.in_effect(today):
        zh, en = rules.interval
        raise RulesNotInEffect(
            f"规则 {rules.version} 在 {today} 不生效({zh})",
            f"The rules {rules.version} are not in effect on {today} ({en})",
        )
    for other in others:
        same = other.instrument(instrument.name.code)
        newer = None if same is None or not other.in_effect(today) else same.list_in_force(today)
        if newer is not None and (
            listing is None or newer.document.published_on > listing.document.published_on
        ):
            number, start = newer.document.number, newer.document.published_on
            raise NegativeListSuperseded(
                f"{start} 起执行《{number}》的负面清单,请用规则版本 {other.version}",
                f"Since {start} the negative list of {number} is in force: use version {other.version} of the rules",
            )
    return listing
