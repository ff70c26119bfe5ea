"""Reading whether a round may rest on several releases of its year, and how these become one list."""

from typing import Final, get_args

from services.funding.domain.reading.fields import Fields
from services.funding.domain.rules.releases import RankedBy, ReleasesRule
from shared.contracts.snapshot import RoundKind
from shared.policy.source import read_optional_source

_KINDS: Final[tuple[RoundKind, ...]] = get_args(RoundKind)
_REFUSE: Final = "refuse"


def read_releases(reward: Fields) -> ReleasesRule | None:
    """A list one release behind the other names the order of all kinds; a list by score has no order."""
    if not reward.has("releases"):
        return None
    fields = reward.optional_part("releases", ("rank_by",), ("order", "in_several"))
    ranked_by = fields.choice("rank_by", RankedBy)
    by_order = ranked_by is RankedBy.ORDER
    if fields.has("rank_by") and fields.has("order") is not by_order:
        zh, en = "order 与 rank_by: order 须同时给出", "order is given exactly with rank_by: order"
        fields.report("order-with-rank-by-order", zh, en, at="order")
    in_several = fields.one_of("in_several", (_REFUSE, *_KINDS)) if fields.has("in_several") else _REFUSE
    return ReleasesRule(
        ranked_by=ranked_by,
        order=_read_order(fields) if fields.has("order") else (),
        in_several=next((kind for kind in _KINDS if kind == in_several), None),
        source=read_optional_source(fields),
    )


def _read_order(fields: Fields) -> tuple[RoundKind, ...]:
    kinds = fields.codes("order")
    if kinds and set(kinds) != set(_KINDS):
        names = ", ".join(_KINDS)
        fields.report(
            "every-kind-once", f"应各列一次：{names}", f"each of {names} once is expected", at="order"
        )
    return tuple(kind for name in kinds for kind in _KINDS if kind == name)
