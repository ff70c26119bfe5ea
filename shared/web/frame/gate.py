"""Token before body: nothing of a request is read or parsed before it is known who sends it.

The gate verifies the token of every request below ``/v1`` once, and leaves the principal in the request's state, where
permissions find it. Whoever has no valid token is answered 401 from the headers alone, also at an address that does
not exist.
"""

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.web.frame.route_table import RouteTable
from shared.web.problems import answer_to, body_too_large
from shared.web.state import Plumbing, plumbing_of
from shared.web.tokens.placing import placed
from shared.web.tokens.verifier import not_authenticated

#: RFC 6750, section 2.1; the scheme in any case (RFC 9110, section 11.1).
_BEARER: Final = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] ([A-Za-z0-9_.-]+)")


class Gate:
    """Lets nobody without a valid token at what needs one, and no body that says that it is too large at anything."""

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self._app = app
        self._max_body_bytes = max_body_bytes
        self._routes: RouteTable | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        routes = self._routes_of(scope)
        method, path = scope["method"], _path_of(scope)
        needs_token = routes.needs_token(method, path)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if needs_token:
                    headers["Cache-Control"] = "no-store"
                if message["status"] == 405:
                    headers["Allow"] = ", ".join(routes.methods_at(path))
            await send(message)

        answer = await self._refused(scope) if needs_token else None
        answer = answer or self._too_large(scope) or self._app
        await answer(scope, receive, send_guarded)

    def _routes_of(self, scope: Scope) -> RouteTable:
        """Looked at once, when the first request comes: then all routes are there."""
        if self._routes is None:
            self._routes = RouteTable(scope["app"].routes)
        return self._routes

    async def _refused(self, scope: Scope) -> ASGIApp | None:
        request = Request(scope)
        try:
            await _authenticate(request, plumbing_of(request))
        except Exception as error:  # each has its answer, as within a handler
            return await answer_to(request, error)
        return None

    def _too_large(self, scope: Scope) -> ASGIApp | None:
        declared = Headers(scope=scope).get("content-length", "0")
        if declared.isdecimal() and int(declared[:20]) > self._max_body_bytes:
            return body_too_large(self._max_body_bytes)
        return None


def _path_of(scope: Scope) -> str:
    """The path as the routes see it: without the prefix under which the application may hang."""
    path, prefix = str(scope["path"]), str(scope.get("root_path", ""))
    below = prefix and (path == prefix or path.startswith(prefix + "/"))
    return path[len(prefix) :] if below else path


async def _authenticate(request: Request, plumbing: Plumbing) -> None:
    given = request.headers.getlist("authorization")
    bearer = _BEARER.fullmatch(given[0]) if len(given) == 1 else None
    if bearer is None:
        raise not_authenticated()
    principal = await plumbing.verifier.verify(bearer[1])
    if principal.token_id in await plumbing.revoked_tokens.get():
        raise not_authenticated()
    request.state.principal = placed(principal, await plumbing.recodes.get())
