"""What amounts are counted in where people read them. Everything is computed in fen; a fen may stand for a seat."""

from decimal import Decimal
from enum import StrEnum
from typing import Final

from services.funding.domain.rules.figures import plain
from shared.text.money import FEN_PER_WAN, FEN_PER_YUAN, show_wan


class Unit(StrEnum):
    WAN = "万元"
    YUAN = "元"
    FEN = "分"
    SEATS = "seats"

    @property
    def fen(self) -> int:
        """How many fen one is."""
        return {Unit.WAN: FEN_PER_WAN, Unit.YUAN: FEN_PER_YUAN}.get(self, 1)

    def of(self, fen: int) -> Decimal:
        """An amount as a number of these units, exact."""
        return Decimal(plain(Decimal(fen) / self.fen))

    def show(self, fen: int) -> str:
        """An amount for people to read, exact: ``700 万元``, ``7,000,000 元``, ``4 席 seats``."""
        if self is Unit.WAN:
            return show_wan(fen)
        return f"{self.of(fen):,f} {'席 seats' if self is Unit.SEATS else self.value}"


#: How a unit may be written.
UNITS: Final = {
    **{unit.value: unit for unit in Unit},
    "wan": Unit.WAN,
    "yuan": Unit.YUAN,
    "fen": Unit.FEN,
    "席": Unit.SEATS,
    "席位": Unit.SEATS,
}
