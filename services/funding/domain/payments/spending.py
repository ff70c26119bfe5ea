"""Spending progress: where a cluster's money stands at a division that holds it."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Spending:
    """``planned_fen``: in the county's budget projects."""

    appropriation: str
    division: str
    cluster: str
    held_fen: int
    planned_fen: int
    paid_fen: int
    settlement_due_fen: int

    @property
    def received_fen(self) -> int:
        return self.held_fen + self.paid_fen + self.settlement_due_fen

    @property
    def spent_share(self) -> str:
        """Paid over received, four decimals."""
        share = Decimal(self.paid_fen) / self.received_fen if self.received_fen else Decimal(0)
        return str(share.quantize(Decimal("0.0001")))
