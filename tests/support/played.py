"""What many tests begin with is played once for a process; its database is cloned for those that follow."""

import os
from collections.abc import Awaitable, Callable
from copy import deepcopy
from functools import cache
from typing import Any, TypeVar

import sqlalchemy as sa

from tests.support.postgres import Server, running_server
from tests.support.services import RunningService, listeners

Told = TypeVar("Told")

#: By the story's name: the database as it was at its end, and what the story told.
_played: dict[str, tuple[str, Any]] = {}


async def played_once(service: RunningService, story: str, play: Callable[[], Awaitable[Told]]) -> Told:
    """What the story tells, and its database. It is played each time where somebody listens to what is asked, and on a
    database in which something happened before."""
    if listeners or not await _is_fresh(service):
        return await play()
    if story in _played:
        template, told = _played[story]
        await _clone(service, template, into=await _name_of(service))
        return deepcopy(told)  # type: ignore[no-any-return]
    told = await play()
    template = f"played_{os.getpid()}_{len(_played)}"
    await _clone(service, await _name_of(service), into=template)
    _played[story] = template, deepcopy(told)
    return told


async def _is_fresh(service: RunningService) -> bool:
    """Every command appends an event, but for the one that moves the business date."""
    async with service.database.engine.connect() as connection:
        happened = "SELECT EXISTS (SELECT FROM event) OR EXISTS (SELECT FROM business_clock)"
        return not await connection.scalar(sa.text(happened))


async def _name_of(service: RunningService) -> str:
    async with service.database.engine.connect() as connection:
        return str(await connection.scalar(sa.text("SELECT current_database()")))


async def _clone(service: RunningService, database: str, *, into: str) -> None:
    await (
        service.database.close()
    )  # a database is cloned while nobody is connected to it; the next request connects
    _server().drop_database(into)
    _server().create_database(into, owner=service.name, template=database)


@cache
def _server() -> Server:
    return running_server()
