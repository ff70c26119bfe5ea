"""No rule before its document: what only the days of a rule set and of its documents show."""

from collections.abc import Iterator
from itertools import pairwise

from services.funding.domain.rules.incentive import IncentiveRules
from shared.errors import Item
from shared.policy.documents import effective_too_early
from shared.policy.source import Label


def check_documents(rules: IncentiveRules, *, offline: bool) -> Iterator[Item]:
    """Official rules name their document, none holds before it, and lists follow one another."""
    if offline:
        return
    if rules.source.label is Label.OFFICIAL and rules.document is None:
        zh, en = (
            "官方规则须注明文件文号和公布日",
            "official rules name their document and its day of publication",
        )
        yield Item("document", "document-missing", zh, en)
    yield from effective_too_early(rules.document, rules.effective_from, at="effective.from")
    for index, instrument in enumerate(rules.instruments):
        for number, (before, after) in enumerate(pairwise(instrument.negative_lists), start=1):
            if after.document.published_on <= before.document.published_on:
                zh = f"负面清单须按公布日从早到晚排列:{after.document.number} 应晚于 {before.document.number}"
                en = f"lists go by day of publication: {after.document.number} follows {before.document.number}"
                yield Item(f"instruments[{index}].negative_lists[{number}]", "lists-in-order", zh, en)
