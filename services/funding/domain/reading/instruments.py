"""Reading an instrument that gives priority to projects (27号 三(二))."""

from typing import Final

from services.funding.domain.reading.fields import Fields
from services.funding.domain.reading.names import NAMED, read_named, read_statuses, read_uses
from services.funding.domain.rules.incentive import Instrument
from services.funding.domain.rules.vocabulary import Named
from shared.errors import Item
from shared.policy.source import SOURCE_KEYS, read_source

ITEMS_LIMIT: Final = 100
_INSTRUMENT: Final = (
    *NAMED,
    "statuses",
    "uses",
    "negative_list",
    "revenue_cover",
    "approvals",
    "order",
    "validity",
)


def read_instrument(document: object, path: str, problems: list[Item]) -> Instrument:
    fields = Fields(document, path, problems, required=_INSTRUMENT, optional=SOURCE_KEYS)
    negative = fields.part("negative_list", ("document", "items"))
    cover = fields.part("revenue_cover", ("minimum", "label"), SOURCE_KEYS)
    order = fields.part("order", ("by", "label"), SOURCE_KEYS)
    validity = fields.part("validity", ("months", "label"), SOURCE_KEYS)
    if order.has("by") and order.code("by") != "cluster_rank":
        order.report("order-unknown", "目前只支持 cluster_rank", "only cluster_rank is supported", at="by")
    return Instrument(
        name=read_named(fields),
        statuses=read_statuses(fields),
        uses=read_uses(fields),
        negative_list_document=negative.text("document"),
        negative_list=negative.each("items", lambda d, at: _read_item(d, at, problems), limit=ITEMS_LIMIT),
        minimum_revenue_cover=cover.decimal("minimum"),
        revenue_cover_source=read_source(cover),
        required_approvals=fields.each(
            "approvals", lambda d, at: _read_item(d, at, problems), limit=ITEMS_LIMIT
        ),
        order_source=read_source(order),
        valid_months=validity.integer("months", minimum=1, maximum=120),
        validity_source=read_source(validity),
    )


def _read_item(document: object, path: str, problems: list[Item]) -> Named:
    return read_named(Fields(document, path, problems, required=NAMED, optional=SOURCE_KEYS))
