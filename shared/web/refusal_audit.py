"""Who was refused what, and by which rule: an event in a transaction of its own, since the refused one is undone.

Recorded is every refused command (anything but GET) of somebody signed in, and everything that a role does not
permit. An unknown caller is logged only: whoever has no token must not be able to fill the table. Only names of
fields and rules are kept, never what was entered. A route that takes something confidential (:func:`unnamed`) and a
refusal that would give it away leave no name, office or role.
"""

from collections.abc import Sequence
from typing import Final

from fastapi import Request
from sqlalchemy.exc import SQLAlchemyError

from shared.data.events import append_event
from shared.errors import Item, Refusal
from shared.logging import get_logger
from shared.web.principals import Principal, Role
from shared.web.state import plumbing_of

KIND: Final = "command.refused"
CONFIDENTIAL: Final = "confidential"
_MAX_ITEMS: Final = 20
_MAX_CHARACTERS: Final = 300


async def unnamed(request: Request) -> None:
    """A dependency of a route whose callers stay unknown, also if they are refused."""
    request.state.unnamed = True


async def record_refusal(
    request: Request, *, status: int, rule: str, items: Sequence[Item], confidential: bool = False
) -> None:
    """Never fails the answer: where the database is away, the log has it."""
    principal: Principal | None = getattr(request.state, "principal", None)
    if principal is None or (request.method == "GET" and status != 403):
        return
    database = plumbing_of(request).database
    hidden = confidential or getattr(request.state, "unnamed", False)
    try:
        async with database.transaction() as session:
            await append_event(
                session,
                KIND,
                subject=_printable(request.url.path),
                actor=CONFIDENTIAL if hidden else _actor(principal),
                data={
                    "method": request.method,
                    "status": status,
                    "rule": rule,
                    "unit": "" if hidden else _printable(principal.unit),
                    "roles": [] if hidden else sorted(role.value for role in principal.roles),
                    "broken": [
                        {"field": _printable(item.field), "rule": item.rule, "row": item.row}
                        for item in items[:_MAX_ITEMS]
                    ],
                },
            )
    except (SQLAlchemyError, Refusal) as error:
        get_logger().warning("refusal_not_recorded", rule=rule, reason=type(error).__name__)


def _actor(principal: Principal) -> str:
    """An office is named; a member of the public is not: whoever objects may stay confidential."""
    return "public" if principal.roles <= {Role.PUBLIC} else _printable(principal.actor)


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:_MAX_CHARACTERS]
