"""Checks a staged batch as a whole: against itself, against what is kept, against caps and shares."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.registers import clashes as found
from services.registry.domain.registers.keepers import OpenDesk
from services.registry.domain.registers.problems import ProblemList
from services.registry.domain.registers.register import Register
from services.registry.storage import programmes
from services.registry.storage.registers import clashes
from services.registry.storage.registers.batches import IncomingBatch, keep_staged


async def check_together(
    session: AsyncSession, register: Register, *, desk: OpenDesk, problems: ProblemList, limit: int
) -> None:
    for clash in await clashes.duplicates(session, limit=limit):
        problems.add(found.duplicate(register, clash))
    if not desk.may_move:
        for clash in await clashes.kept_elsewhere(session, register.code, limit=limit):
            problems.add(
                found.kept_elsewhere(register, clash, names=desk.known.counties, seen=desk.desk.counties)
            )
    for spec in register.references:
        named = await clashes.dangling(
            session,
            spec.code,
            spec.register,
            within=spec.register == register.code,
            counties=desk.desk.counties if register.is_about(spec) else None,
            limit=limit,
        )
        for clash in named:
            problems.add(found.dangling(spec, clash))
    if register.code != "leading-industries":
        return
    caps = await programmes.newest_caps(session, desk.desk.counties)
    if caps is not None:
        cap = caps.leading_industries
        for clash in await clashes.above_cap(session, register.code, cap):
            problems.add(found.above_cap(register, clash, cap=cap, clause=caps.clause))


async def check_shares(session: AsyncSession, batch: IncomingBatch, problems: ProblemList) -> None:
    """Tries the batch in a savepoint and asks whether each firm's shares then add up to 1; always rolled back."""
    doubtful = [problem.row for problem in problems.kept if problem.severity == "error"]
    attempt = await session.begin_nested()
    try:
        await clashes.leave_out_doubtful(session, doubtful)
        await keep_staged(session, batch)
        wrong = await clashes.shares_off(session, batch.id)
    finally:
        await attempt.rollback()
    named = await clashes.rows_of_enterprises(session, [firm.enterprise for firm in wrong]) if wrong else {}
    for firm in wrong:
        for problem in found.shares_off(firm, named.get(firm.enterprise, [0])):
            problems.add(problem)
