"""No rule before its document: what only the days of a rule set and of its documents show."""

from collections.abc import Iterator
from itertools import pairwise

from services.funding.domain.reading.fields import Fields
from services.funding.domain.rules.document_form import DocumentNumberForm
from services.funding.domain.rules.incentive import IncentiveRules
from shared.errors import Item
from shared.policy.documents import effective_too_early
from shared.policy.source import SOURCE_KEYS, Label, read_source


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


def read_document_numbers(fields: Fields) -> DocumentNumberForm | None:
    """The form of document numbers, with an example that has it."""
    if not fields.has("document_numbers"):
        return None
    own = fields.part("document_numbers", ("form", "example", "label"), SOURCE_KEYS)
    read_source(own)
    form = DocumentNumberForm(own.text("form"), own.text("example"))
    if form.form and not form.is_whole:
        zh = "格式须各含一次 {office}、{year}、{number},且不含其他花括号"
        en = "a form has {office}, {year} and {number}, each once, and no other braces"
        own.report("form-parts", zh, en, at="form")
    elif form.form and form.example and not form.fits(form.example):
        own.report(
            "example-fits-form",
            "示例不符合所写格式",
            "the example has not the form that is given",
            at="example",
        )
    return form
