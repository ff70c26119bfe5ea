"""Rows as frozen dataclasses: each field is a column of the same name."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, ClassVar, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession


class Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


Kept = TypeVar("Kept", bound=Dataclass)


def columns_of(kind: type[Dataclass], *tables: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    """The columns that the fields are named for, each from the first table that has it."""
    return [next(table.c[field.name] for table in tables if field.name in table.c) for field in fields(kind)]


async def fetch_one(session: AsyncSession, statement: sa.Executable, kind: type[Kept]) -> Kept | None:
    """The only row, or none; more than one is a defect."""
    row = (await session.execute(statement)).one_or_none()
    return None if row is None else kind(**row._mapping)


async def fetch_all(session: AsyncSession, statement: sa.Executable, kind: type[Kept]) -> Sequence[Kept]:
    return [kind(**row._mapping) for row in await session.execute(statement)]
