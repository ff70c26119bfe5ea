"""Rows as values: the columns of a statement, by their names, become the fields of a frozen dataclass."""

from collections.abc import Iterable
from dataclasses import fields
from enum import Enum
from typing import Any, ClassVar, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession


class Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Any]]


Value = TypeVar("Value", bound=Dataclass)


def columns_of(kind: type[Dataclass], *tables: sa.FromClause) -> list[sa.ColumnElement[Any]]:
    """The column of each field of ``kind``, from the first of these tables that has one of that name."""
    names = [field.name for field in fields(kind)]
    found = [next((table.c[name] for table in tables if name in table.c), None) for name in names]
    return [column for column in found if column is not None]


async def read_all(session: AsyncSession, kind: type[Value], statement: sa.Executable) -> list[Value]:
    return _values(kind, (await session.execute(statement)).mappings())


async def read_one(session: AsyncSession, kind: type[Value], statement: sa.Executable) -> Value | None:
    """The only row, or none; more than one is a defect."""
    row = (await session.execute(statement)).mappings().one_or_none()
    return None if row is None else _values(kind, [row])[0]


def _values(kind: type[Value], rows: Iterable[sa.RowMapping]) -> list[Value]:
    """Words of an enumeration are kept as text."""
    words = {
        field.name: field.type
        for field in fields(kind)
        if isinstance(field.type, type) and issubclass(field.type, Enum)
    }
    return [
        kind(**{**row, **{name: word(row[name]) for name, word in words.items() if name in row}})
        for row in rows
    ]
