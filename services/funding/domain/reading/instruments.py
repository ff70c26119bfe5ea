"""Reading an instrument that gives priority to projects (27号 三(二))."""

from typing import Final

from services.funding.domain.reading.fields import Fields
from services.funding.domain.reading.names import NAMED, read_named, read_statuses, read_uses
from services.funding.domain.rules.incentive import Instrument, ListedKind, NegativeList
from services.funding.domain.rules.vocabulary import Named
from shared.errors import Item
from shared.policy.documents import SourceDocument
from shared.policy.source import SOURCE_KEYS, read_source

ITEMS_LIMIT: Final = 100
_INSTRUMENT: Final = (
    *NAMED,
    "statuses",
    "uses",
    "revenue_cover",
    "approvals",
    "order",
    "validity",
)


def read_instrument(document: object, path: str, problems: list[Item]) -> Instrument:
    fields = Fields(document, path, problems, required=_INSTRUMENT, optional=(*SOURCE_KEYS, "negative_lists"))
    cover = fields.part("revenue_cover", ("minimum", "label"), SOURCE_KEYS)
    order = fields.part("order", ("by", "label"), SOURCE_KEYS)
    validity = fields.part("validity", ("months", "label"), SOURCE_KEYS)
    if order.has("by") and order.code("by") != "cluster_rank":
        order.report("order-unknown", "目前只支持 cluster_rank", "only cluster_rank is supported", at="by")
    return Instrument(
        name=read_named(fields),
        statuses=read_statuses(fields),
        uses=read_uses(fields),
        minimum_revenue_cover=cover.decimal("minimum"),
        revenue_cover_source=read_source(cover),
        required_approvals=fields.each(
            "approvals", lambda d, at: _read_named(d, at, problems), limit=ITEMS_LIMIT
        ),
        order_source=read_source(order),
        valid_months=validity.integer("months", minimum=1, maximum=120),
        validity_source=read_source(validity),
        negative_lists=fields.each(
            "negative_lists", lambda d, at: _read_list(d, at, problems), limit=ITEMS_LIMIT
        )
        if fields.has("negative_lists")
        else (),
    )


def _read_list(document: object, path: str, problems: list[Item]) -> NegativeList:
    fields = Fields(document, path, problems, required=("document", "published_on", "items"))
    return NegativeList(
        SourceDocument(fields.text("document"), fields.date("published_on")),
        fields.each("items", lambda d, at: _read_kind(d, at, problems), limit=ITEMS_LIMIT, minimum=1),
    )


def _read_kind(document: object, path: str, problems: list[Item]) -> ListedKind:
    fields = Fields(document, path, problems, required=NAMED, optional=(*SOURCE_KEYS, "exceptions"))
    exceptions = (
        fields.each("exceptions", lambda d, at: _read_named(d, at, problems), limit=ITEMS_LIMIT, minimum=1)
        if fields.has("exceptions")
        else ()
    )
    return ListedKind(read_named(fields), exceptions)


def _read_named(document: object, path: str, problems: list[Item]) -> Named:
    return read_named(Fields(document, path, problems, required=NAMED, optional=SOURCE_KEYS))
