"""Conditions and fields of ``register_fact`` that several queries share.

A field of the entry's own data is named in the statement itself, not sent beside it: so the index on the
cluster is found.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from services.registry.storage.tables.registers import register_fact

Fact = sa.FromClause


def another_fact() -> Fact:
    """The table under a name of its own, for a statement that reads it twice."""
    return register_fact.alias()


def text_of(fact: Fact, code: str) -> sa.ColumnElement[str]:
    """A field of an entry's own data as text."""
    return fact.c.data.op("->>", return_type=sa.Text())(sa.literal(code, sa.Text, literal_execute=True))


def number_of(fact: Fact, code: str) -> sa.ColumnElement[Decimal]:
    return sa.cast(text_of(fact, code), sa.Numeric)


def live(fact: Fact) -> sa.ColumnElement[bool]:
    """What the registry believes now."""
    return fact.c.superseded_at.is_(None)


def believed(fact: Fact, known_at: datetime | None) -> sa.ColumnElement[bool]:
    """What the registry believed at a moment; without one, what it believes now."""
    if known_at is None:
        return live(fact)
    return sa.and_(
        fact.c.recorded_at <= known_at,
        sa.or_(fact.c.superseded_at.is_(None), fact.c.superseded_at > known_at),
    )


def holds(fact: Fact, day: date) -> sa.ColumnElement[bool]:
    """What is in force on a day."""
    return sa.and_(fact.c.valid_from <= day, sa.or_(fact.c.valid_to.is_(None), fact.c.valid_to > day))


def any_of(column: sa.ColumnElement[str], words: Sequence[str]) -> sa.ColumnElement[bool]:
    """One parameter, however many words there are."""
    return column == sa.any_(sa.literal(list(words), ARRAY(sa.Text)))
