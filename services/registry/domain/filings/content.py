"""What a filing states: figures with what was counted and where they come from, facts, and waivers of rules."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal

from shared.documents.canonical import Json, decimal_text, document_hash

Provenance = Literal["reported", "published", "synthetic", "derived"]
ValueState = Literal["value", "zero", "missing", "not_applicable"]
#: An indicator and the year that its figure is about.
FigureKey = tuple[str, int]


@dataclass(frozen=True, slots=True)
class FiledValue:
    """One figure of one year as filed: its state, what was counted (口径), and where it comes from."""

    indicator: str
    data_year: int
    state: ValueState
    value: Decimal | None
    definition: str
    provenance: Provenance
    source: str

    @property
    def key(self) -> FigureKey:
        return (self.indicator, self.data_year)

    def as_document(self) -> dict[str, Json]:
        return {**asdict(self), "value": None if self.value is None else decimal_text(self.value)}


@dataclass(frozen=True, slots=True)
class Waiver:
    """A reason why a waivable rule does not hold for one value."""

    rule: str
    indicator: str
    data_year: int
    reason: str

    def as_document(self) -> dict[str, Json]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Content:
    """What a filing states. Its hash is what a sign-off is bound to."""

    values: tuple[FiledValue, ...]
    facts: Mapping[str, str]
    waivers: tuple[Waiver, ...]

    def hash(self, *, cluster: str, round_code: str) -> str:
        return document_hash(
            {
                "cluster": cluster,
                "round": round_code,
                "facts": dict(self.facts),
                "values": [v.as_document() for v in sorted(self.values, key=lambda v: v.key)],
                "waivers": [
                    w.as_document()
                    for w in sorted(self.waivers, key=lambda w: (w.rule, w.indicator, w.data_year))
                ],
            }
        )

    def as_document(self) -> dict[str, Json]:
        """As the history of a filing keeps it."""
        return {
            "values": [value.as_document() for value in self.values],
            "facts": dict(self.facts),
            "waivers": [waiver.as_document() for waiver in self.waivers],
        }

    @classmethod
    def of_document(cls, document: Mapping[str, Any]) -> "Content":
        """What :meth:`as_document` gave."""
        return cls(
            values=tuple(
                FiledValue(**{**value, "value": None if value["value"] is None else Decimal(value["value"])})
                for value in document["values"]
            ),
            facts=document["facts"],
            waivers=tuple(Waiver(**waiver) for waiver in document["waivers"]),
        )
