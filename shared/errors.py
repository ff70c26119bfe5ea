"""Refusals: what a service says when it will not do as asked.

Rules raise a :class:`Refusal`; only the HTTP shell (``shared.web.problems``) knows about status codes and
problem documents. A refusal names its rule and says in plain Chinese and English what is wrong; where
several fields or rows are wrong, it carries one :class:`Item` for each, so that nobody has to correct
one thing after another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class Kind(Enum):
    """What sort of refusal it is; the HTTP shell maps each to one status."""

    INVALID = "invalid"  # the payload breaks a rule
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"  # also: belongs to somebody else
    CONFLICT = "conflict"  # not in this state
    STALE = "stale"  # somebody else changed it meanwhile
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"  # a body of another content type
    UNAVAILABLE = "unavailable"  # try again later


@dataclass(frozen=True, slots=True)
class Item:
    """One wrong field or row: where it is, which rule it breaks, and why in two languages."""

    field: str
    rule: str
    zh: str
    en: str
    row: int | None = None


class Refusal(Exception):
    """Base of all refusals. Subclasses are sentences (``ReturnAlreadySignedOff``) with a stable ``code``."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "invalid"
    #: Whether even the audit keeps silent about who was refused, since that alone would say what must not be known.
    confidential: ClassVar[bool] = False

    def __init__(self, zh: str, en: str, *, items: Sequence[Item] = ()) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en
        self.items = tuple(items)


class NotFound(Refusal):
    """There is no such thing, or it belongs to another division: the answer does not tell which."""

    kind = Kind.NOT_FOUND
    code = "not-found"

    def __init__(self, zh_what: str, en_what: str) -> None:
        super().__init__(
            f"没有这个{zh_what},或不在您的权限范围内",
            f"There is no such {en_what}, or it is not yours to see",
        )


class RoleNotPermitted(Refusal):
    kind = Kind.FORBIDDEN
    code = "role-not-permitted"


class OutOfScope(Refusal):
    """The thing is known to everybody, but it is another division's to change or to watch over."""

    kind = Kind.FORBIDDEN
    code = "out-of-scope"

    def __init__(self, division: str) -> None:
        super().__init__(
            f"此项由 {division} 管理,您所在的区划无权办理",
            f"This belongs to {division}; it is not for your division to do",
        )


class MakerCannotCheck(Refusal):
    """The person (or the unit) who made something may not be the one who checks it."""

    kind = Kind.FORBIDDEN
    code = "maker-cannot-check"


class Stale(Refusal):
    kind = Kind.STALE
    code = "stale"


class UpstreamUnavailable(Refusal):
    """A service that this one depends on does not answer; nothing was changed."""

    kind = Kind.UNAVAILABLE
    code = "upstream-unavailable"
