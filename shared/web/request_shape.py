"""What no handler sees: query parameters that the address does not know, and bodies of another content type.

One dependency of every route below ``/v1``. It looks at what the route itself declares; whoever may not call the
route is told that first.
"""

from collections import Counter
from collections.abc import Iterator
from difflib import get_close_matches
from email.message import Message
from typing import Final, get_args, get_origin

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.errors import Item, Kind, Refusal
from shared.web.auth import MAX_ON_BEHALF_OF, get_principal, permission_of

JSON: Final = "application/json"
BYTES: Final = "application/octet-stream"
_SHOWN_CHARACTERS: Final = 60
_SHOWN_ITEMS: Final = 20


class UnknownParameters(Refusal):
    code = "invalid-request"


class ContentTypeNotSupported(Refusal):
    kind = Kind.UNSUPPORTED
    code = "content-type-not-supported"


async def check_request_shape(request: Request) -> None:
    route = request.scope.get("route")
    if not isinstance(route, APIRoute):  # pragma: no cover - only routes have dependencies
        return
    refusal = _parameters(request, route) or _content_type(request, route)
    if refusal is not None:
        await _permission_first(request, route)
        raise refusal


def _parameters(request: Request, route: APIRoute) -> Refusal | None:
    """A parameter that nobody reads would silently ask for everything."""
    if not request.scope.get("query_string"):
        return None
    known = dict(_known(route.dependant))
    given = Counter(name for name, _ in request.query_params.multi_items())
    items = [_unknown(name, sorted(known)) for name in given if name not in known]
    items += [_twice(name) for name, times in given.items() if times > 1 and known.get(name) is False]
    if not items:
        return None
    return UnknownParameters(
        f"请求内容有 {len(items)} 处不符合要求",
        f"The request breaks {len(items)} rule(s)",
        items=items[:_SHOWN_ITEMS],
    )


def _known(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """Each parameter that a route or what it depends on reads, and whether it may be given several times."""
    for parameter in dependant.query_params:
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, spec in kind.model_fields.items():
                yield spec.alias or name, True
        else:
            yield (
                parameter.alias,
                any(get_origin(part) in {list, set, tuple} for part in (kind, *get_args(kind))),
            )
    for inner in dependant.dependencies:
        yield from _known(inner)


def _unknown(name: str, known: list[str]) -> Item:
    shown = _shown(name)
    if not known:
        return Item(
            field=shown,
            rule="unknown-parameter",
            zh=f"没有查询参数“{shown}”,这个地址不接受查询参数,请删除",
            en=f"there is no query parameter {shown}; this address takes none, remove it",
        )
    folded = {candidate.lower(): candidate for candidate in known}
    nearest = folded[get_close_matches(name.lower(), folded, n=1, cutoff=0.0)[0]]
    return Item(
        field=shown,
        rule="unknown-parameter",
        zh=f"没有查询参数“{shown}”,最接近的是“{nearest}”;可用:{'、'.join(known)}",
        en=f"there is no query parameter {shown}; the nearest is {nearest}; known are: {', '.join(known)}",
    )


def _twice(name: str) -> Item:
    return Item(
        field=name,
        rule="parameter-twice",
        zh=f"查询参数“{name}”给了不止一次,请只给一次",
        en=f"the query parameter {name} is given more than once; give it once",
    )


def _content_type(request: Request, route: APIRoute) -> Refusal | None:
    expected = body_type(route)
    if expected is None or not _has_body(request):
        return None
    given = request.headers.get("content-type", "")
    if _fits(given, expected):
        return None
    shown = _shown(given)
    return ContentTypeNotSupported(
        f"请求内容的类型{f'是“{shown}”' if shown else '没有写明'},这个地址只接受 {expected};请改正请求头 Content-Type",
        f"The body {f'is of the type {shown}' if shown else 'does not say its type'}; this address takes "
        f"{expected} only; correct the header Content-Type",
    )


def body_type(route: APIRoute) -> str | None:
    """The content type of the body that a route takes; None where it takes none."""
    if route.body_field is not None:
        return str(getattr(route.body_field.field_info, "media_type", JSON))
    declared = (route.openapi_extra or {}).get("requestBody", {}).get("content", {})
    return next(iter(declared), None)


def _has_body(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _fits(given: str, expected: str) -> bool:
    """Raw bytes need not say that they are; JSON may be of a kind of its own (``application/problem+json``)."""
    if not given:
        return expected == BYTES
    message = Message()
    message["content-type"] = given
    found = message.get_content_type()
    if message.get("content-type", "").split(";")[0].strip().lower() != found:
        return False  # what cannot be read is taken for text/plain by that library
    if expected == JSON:
        charset = str(message.get_param("charset", "utf-8")).lower()
        is_json = found == JSON or (found.startswith("application/") and found.endswith("+json"))
        return is_json and charset in {"utf-8", "utf8"}
    return found == expected


async def _permission_first(request: Request, route: APIRoute) -> None:
    """What is wrong with a request is nobody's business who may not send it; the audit learns who it was."""
    if (permit := permission_of(route.dependant)) is None:
        return
    acting_for = request.headers.get("on-behalf-of")
    principal = await get_principal(
        request, on_behalf_of=acting_for[:MAX_ON_BEHALF_OF] if acting_for else None
    )
    await permit(request, principal)


def _shown(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)[:_SHOWN_CHARACTERS]
