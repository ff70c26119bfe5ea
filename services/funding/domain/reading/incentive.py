"""From a decoded document to incentive rules, or to the list of everything that is wrong with it."""

from datetime import date
from enum import StrEnum
from typing import Final

from services.funding.domain.reading.checks import check_rules
from services.funding.domain.reading.documents import read_document_numbers
from services.funding.domain.reading.examples import read_examples
from services.funding.domain.reading.fields import Fields
from services.funding.domain.reading.instruments import read_instrument
from services.funding.domain.reading.names import read_uses
from services.funding.domain.reading.reward import read_reward
from services.funding.domain.rules.incentive import IncentiveRules
from services.funding.domain.rules.vocabulary import ReviewedBy
from shared.errors import Item
from shared.policy.documents import DOCUMENT_KEYS, read_source_document
from shared.policy.source import SOURCE_KEYS, read_optional_source, read_source

ITEMS_LIMIT: Final = 100
_REQUIRED: Final = (
    "schema", "id", "version", "programme", "purpose", "title", "label", "effective", "reward",
)  # fmt: skip
_REQUIRED_OFFLINE: Final = ("schema", "reward")
_MAY: Final = (
    "clause",
    "basis",
    "document",
    "document_numbers",
    "fund_orders",
    "instruments",
    "uses",
    "examples",
)


class _Schema(StrEnum):
    GENERAL = "county-clusters/incentive/2"


def parse_incentive_rules(
    document: object, *, offline: bool = False
) -> tuple[IncentiveRules | None, list[Item]]:
    """The rules and no problem, or no rules and every problem found. ``offline`` asks for schema and reward only."""
    problems: list[Item] = []
    required = _REQUIRED_OFFLINE if offline else _REQUIRED
    fields = Fields(document, "", problems, required=required, optional=(*_REQUIRED, *_MAY))
    fields.choice("schema", _Schema)
    title, effective = fields.part("title", ("zh", "en")), fields.part("effective", ("from",), ("to",))
    rules = IncentiveRules(
        id=fields.code("id") if fields.has("id") else "",
        version=fields.code("version") if fields.has("version") else "",
        programme=fields.code("programme") if fields.has("programme") else "",
        purpose=fields.code("purpose") if fields.has("purpose") else "",
        title_zh=title.text("zh"),
        title_en=title.text("en"),
        source=read_optional_source(fields) if offline else read_source(fields),
        effective_from=effective.date("from") if fields.has("effective") else date.min,
        effective_to=effective.date("to") if effective.has("to") else None,
        reward=read_reward(fields),
        instruments=fields.each(
            "instruments", lambda d, at: read_instrument(d, at, problems), limit=ITEMS_LIMIT
        )
        if fields.has("instruments")
        else (),
        uses=read_uses(fields) if fields.has("uses") else (),
        examples=read_examples(fields),
        document_numbers=read_document_numbers(fields),
        orders_reviewed_by=_read_reviewed_by(fields),
        document=read_source_document(fields.part("document", DOCUMENT_KEYS))
        if fields.has("document")
        else None,
    )
    check_rules(rules, problems, offline=offline)
    return (None, problems) if problems else (rules, [])


def _read_reviewed_by(fields: Fields) -> ReviewedBy | None:
    if not fields.has("fund_orders"):
        return None
    own = fields.part("fund_orders", ("reviewed_by", "label"), SOURCE_KEYS)
    read_source(own)
    return own.choice("reviewed_by", ReviewedBy)
