"""The nightly check of the ledger: recomputed from its entries, then sealed; and the verification of any seal."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.refusals import LedgerNotSound
from services.funding.storage.ledger import seals
from services.funding.storage.ledger.check import check_ledger
from shared.data.events import append_event
from shared.errors import Item, NotFound
from shared.web.pagination import Listed, PageRequest, cursor_number
from shared.web.principals import Principal


@dataclass(frozen=True, slots=True)
class SealVerification:
    number: int
    sha256: str
    recomputed: str

    @property
    def sound(self) -> bool:
        return self.recomputed == self.sha256


async def seal_ledger(session: AsyncSession, principal: Principal, *, today: date) -> seals.Seal:
    """Refuses to seal a ledger that does not add up or whose past was changed, and says what does not fit."""
    await seals.lock_seals(session)
    proof = await check_ledger(session)
    broken = await _broken_seals(session)
    if broken or not proof.sound:
        faults = {
            "unbalanced-transfer": proof.unbalanced_transfers,
            "wrong-balance": proof.wrong_balances,
            "broken-chain": proof.broken_chains,
            "broken-seal": broken,
        }
        raise LedgerNotSound(
            "账目核验不符,未封存",
            "The ledger does not add up; it was not sealed",
            items=[
                Item(where, rule, "核验不符", "does not fit")
                for rule, found in faults.items()
                for where in found
            ],
        )
    last = await seals.last_seal(session)
    number = 1 if last is None else last.number + 1
    transfers = await seals.unsealed(session)
    sha256 = await seals.hash_of(
        session,
        number=number,
        previous=seals.GENESIS if last is None else last.sha256,
        transfers=transfers,
    )
    await seals.add_seal(
        session,
        number=number,
        sha256=sha256,
        transfers=transfers,
        total_transfers=proof.transfers,
        total_debits_fen=proof.debits_fen,
        sealed_by=principal.actor,
        on=today,
    )
    await append_event(
        session, "ledger.sealed", subject=str(number), actor=principal.actor, data={"sha256": sha256}
    )
    return await _kept_seal(session, number)


async def verify_seal(session: AsyncSession, number: int) -> SealVerification:
    found = await _kept_seal(session, number)
    before = await seals.find_seal(session, number - 1)
    return SealVerification(number, found.sha256, await _recompute(session, found, before))


async def show_seals(session: AsyncSession, page: PageRequest) -> Listed[seals.Seal]:
    found = await seals.list_seals(session, after=cursor_number(page.after), limit=page.limit + 1)
    return Listed.cut(found, page, lambda seal: [seal.number])


async def _kept_seal(session: AsyncSession, number: int) -> seals.Seal:
    found = await seals.find_seal(session, number)
    if found is None:
        raise NotFound("封存", "seal")
    return found


async def _broken_seals(session: AsyncSession) -> list[str]:
    """Numbers of seals that no longer fit what they sealed, or the seal before."""
    broken, before = [], None
    for seal in await seals.list_seals(session, after=None, limit=None):
        expected = 1 if before is None else before.number + 1
        if seal.number != expected or await _recompute(session, seal, before) != seal.sha256:
            broken.append(str(seal.number))
        before = seal
    return broken


async def _recompute(session: AsyncSession, seal: seals.Seal, before: seals.Seal | None) -> str:
    return await seals.hash_of(
        session,
        number=seal.number,
        previous=seals.GENESIS if before is None else before.sha256,
        transfers=await seals.members_of(session, seal.number),
    )
