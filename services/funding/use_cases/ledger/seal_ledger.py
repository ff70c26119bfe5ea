"""The nightly check of the ledger: recomputed from its entries, then sealed; and the verification of any seal."""

from datetime import date, datetime
from typing import Any

from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from services.funding.domain.refusals import LedgerNotSound
from services.funding.storage.ledger import seals
from services.funding.storage.ledger.check import check_ledger
from services.funding.use_cases.answers import Answer
from shared.data.events import append_event
from shared.errors import Item, NotFound
from shared.web.pagination import Page, PageRequest, cursor_number, encode_cursor
from shared.web.principals import Principal


class LedgerSealOut(Answer):
    number: int
    sha256: str = Field(description="over the seal before and every transfer since")
    transfers: int = Field(description="sealed by this one")
    total_transfers: int = Field(description="in the ledger when it was sealed")
    total_debits_fen: int
    sealed_by: str
    business_date: date
    recorded_at: datetime


class SealVerificationOut(Answer):
    number: int
    sound: bool
    sha256: str
    recomputed: str


async def seal_ledger(session: AsyncSession, principal: Principal, *, today: date) -> LedgerSealOut:
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
    return LedgerSealOut.model_validate(await seals.find_seal(session, number))


async def verify_seal(session: AsyncSession, number: int) -> SealVerificationOut:
    found = await seals.find_seal(session, number)
    if found is None:
        raise NotFound("封存", "seal")
    before = await seals.find_seal(session, number - 1)
    recomputed = await _recompute(session, found, before)
    return SealVerificationOut(
        number=number, sound=recomputed == found.sha256, sha256=found.sha256, recomputed=recomputed
    )


async def _broken_seals(session: AsyncSession) -> list[str]:
    """Numbers of seals that no longer fit what they sealed, or the seal before."""
    broken, before = [], None
    for seal in await seals.list_seals(session, after=None, limit=None):
        expected = 1 if before is None else before.number + 1
        if seal.number != expected or await _recompute(session, seal, before) != seal.sha256:
            broken.append(str(seal.number))
        before = seal
    return broken


async def _recompute(session: AsyncSession, seal: Any, before: Any | None) -> str:
    return await seals.hash_of(
        session,
        number=seal.number,
        previous=seals.GENESIS if before is None else before.sha256,
        transfers=await seals.members_of(session, seal.number),
    )


async def show_seals(session: AsyncSession, page: PageRequest) -> Page[LedgerSealOut]:
    rows = await seals.list_seals(session, after=cursor_number(page.after), limit=page.limit + 1)
    items = [LedgerSealOut.model_validate(row) for row in rows[: page.limit]]
    return Page(items=items, next=encode_cursor([items[-1].number]) if len(rows) > page.limit else None)
