"""What handlers ask for by type: a session whose transaction is the request, the database, the business date.

A handler asks for ``Session``; the transaction is committed before the answer leaves (``scope="function"``), so a
failing commit can never have been answered with success. A use case that must call another service asks for
``DatabaseDep`` instead and opens a transaction before and after the call, never around it.
"""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.data.business_clock import BusinessClock
from shared.data.database import Database
from shared.web.state import plumbing_of


async def get_database(request: Request) -> Database:
    return plumbing_of(request).database


async def get_clock(request: Request) -> BusinessClock:
    return plumbing_of(request).clock


async def get_session(database: Annotated[Database, Depends(get_database)]) -> AsyncIterator[AsyncSession]:
    async with database.transaction() as session:
        yield session


DatabaseDep = Annotated[Database, Depends(get_database)]
ClockDep = Annotated[BusinessClock, Depends(get_clock)]
Session = Annotated[AsyncSession, Depends(get_session, scope="function")]


async def get_today(clock: ClockDep, session: Session) -> date:
    return await clock.today(session)


#: The business date, for a handler.
Today = Annotated[date, Depends(get_today)]
