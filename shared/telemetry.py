"""The request id: one for a request and for everything that it causes in the other services."""

import re
from contextvars import ContextVar
from typing import Final

from shared.text.identifiers import new_id

REQUEST_ID_HEADER: Final = "X-Request-Id"

_current: ContextVar[str] = ContextVar("request_id", default="")
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._:-]{8,100}")


def request_id() -> str:
    """The id of the request being served; empty outside of a request."""
    return _current.get()


def begin_request(offered: str | None) -> str:
    """Takes over the caller's request id where it is well formed, else makes one."""
    chosen = offered if offered and _WELL_FORMED.fullmatch(offered) else str(new_id())
    _current.set(chosen)
    return chosen
