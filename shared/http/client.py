"""What the typed clients share: tokens, retries, time limits, request ids, problem documents as exceptions.

Only what is safe to repeat is repeated: GET, PUT, and POST with an ``Idempotency-Key``.
"""

import copy
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import httpx
import stamina
from pydantic import BaseModel, ConfigDict

from shared.errors import Item, Kind, Refusal, UpstreamUnavailable
from shared.telemetry import REQUEST_ID_HEADER, request_id
from shared.web.problems import STATUS_OF_KIND, TYPE_PREFIX

_RETRIED_STATUS: Final = {502, 503, 504}
_KIND_OF_STATUS: Final = {status: kind for kind, status in STATUS_OF_KIND.items()}

TokenSource = Callable[[], str]


class View(BaseModel):
    """What a client reads of an answer: only the fields it needs, others are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class BusinessDateView(View):
    business_date: date


class DivisionRecodeView(View):
    code: str
    successor_code: str
    kept_code: str
    holds_from: date
    path_before: list[str]
    path_after: list[str]


Answer = TypeVar("Answer", bound=BaseModel)


class ServiceProblem(Refusal):
    """A service answered with a problem document; ``status`` and ``problem_code`` are its own."""

    def __init__(self, service: str, status: int, problem: Mapping[str, Any]) -> None:
        self.service = service
        self.status = status
        self.problem_code = str(problem.get("type", "")).removeprefix(TYPE_PREFIX)
        self.request_id = str(problem.get("request_id", ""))
        super().__init__(
            str(problem.get("detail") or f"{service} 返回 {status}"),
            str(problem.get("detail_en") or problem.get("title") or f"{service} answered {status}"),
            items=[_item(entry) for entry in problem.get("errors", ()) if isinstance(entry, Mapping)],
        )
        self.kind = _KIND_OF_STATUS.get(status, Kind.CONFLICT)  # type: ignore[misc]
        self.code = self.problem_code or "upstream-problem"  # type: ignore[misc]


class _Retried(Exception):
    """The service could not answer just now; ``answer`` is what it said, if anything."""

    def __init__(self, answer: httpx.Response | None = None) -> None:
        super().__init__()
        self.answer = answer


class ServiceClient:
    """One service over HTTP. ``transport`` lets tests run against the real application in process."""

    service = "service"

    def __init__(
        self,
        base_url: str,
        token: TokenSource,
        *,
        timeout_seconds: float = 10.0,
        attempts: int = 4,
        transport: httpx.AsyncBaseTransport | None = None,
        on_behalf_of: str | None = None,
    ) -> None:
        self._token = token
        self._attempts = attempts
        self._on_behalf_of = on_behalf_of
        self._http = httpx.AsyncClient(base_url=base_url, timeout=timeout_seconds, transport=transport)

    def acting_for(self, person: str) -> Self:
        """The same client, naming the person for whom the service account calls; it shares the connections."""
        other = copy.copy(self)
        other._on_behalf_of = person
        return other

    def with_token(self, token: TokenSource) -> Self:
        """The same client as somebody else; it shares the connections."""
        other = copy.copy(self)
        other._token = token
        return other

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def get(self, path: str, model: type[Answer], **params: str | int | bool | None) -> Answer:
        return model.model_validate_json((await self._send("GET", path, params=params)).content)

    async def get_bytes(self, path: str, **params: str | int | bool | None) -> bytes:
        return (await self._send("GET", path, params=params)).content

    async def put(self, path: str, model: type[Answer], body: Any, *, if_match: str | None = None) -> Answer:
        headers = {"If-Match": if_match} if if_match else {}
        return model.model_validate_json((await self._send("PUT", path, json=body, headers=headers)).content)

    async def put_bytes(self, path: str, model: type[Answer], content: bytes) -> Answer:
        return model.model_validate_json((await self._send("PUT", path, content=content)).content)

    async def post(
        self, path: str, model: type[Answer], body: Any, *, key: str | None, repeatable: bool = False
    ) -> Answer:
        """Sends a command. It is repeated if it has a ``key``, or if its content alone makes it ``repeatable``."""
        headers = {"Idempotency-Key": key} if key else {}
        safe = repeatable or key is not None
        answer = await self._send("POST", path, json=body, headers=headers, repeatable=safe)
        return model.model_validate_json(answer.content)

    async def post_bytes(
        self,
        path: str,
        model: type[Answer],
        content: bytes,
        *,
        media_type: str,
        key: str | None = None,
        **params: str | int | bool | None,
    ) -> Answer:
        """Sends a file as it is; without a key, and therefore once, where each try is kept."""
        headers = {"Content-Type": media_type} | ({} if key is None else {"Idempotency-Key": key})
        answer = await self._send(
            "POST",
            path,
            params=params,
            content=content,
            headers=headers,
            repeatable=key is not None,
        )
        return model.model_validate_json(answer.content)

    async def send_keyed(
        self, method: str, path: str, content: bytes | None, *, key: str
    ) -> tuple[int, bytes]:
        """Sends a command once, as these bytes; its status and answer, whatever they are. Raises where nobody answers.

        For whoever tries again by its own rules, and keeps what was answered.
        """
        headers = {"Idempotency-Key": key} | ({} if content is None else {"Content-Type": "application/json"})
        try:
            answer = await self._request(method, path, headers=headers, content=content)
        except httpx.TransportError as error:
            raise self._away() from error
        return answer.status_code, answer.content

    async def pages(
        self, path: str, model: type[Answer], **params: str | int | bool | None
    ) -> AsyncIterator[Answer]:
        """All items of a list, page after page."""
        cursor: str | None = None
        while True:
            answer = (await self._send("GET", path, params={**params, "cursor": cursor})).json()
            for item in answer["items"]:
                yield model.model_validate(item)
            cursor = answer["next"]
            if cursor is None:
                return

    async def business_date(self) -> date:
        """The service's business date; trial mode only."""
        return (await self.get("/v1/trial/business-date", BusinessDateView)).business_date

    async def advance_business_date(self, to: date) -> date:
        """Moves the service's business date forward; trial mode only."""
        body = {"business_date": to.isoformat()}
        return (await self.put("/v1/trial/business-date", BusinessDateView, body)).business_date

    async def division_recodes(self) -> list[DivisionRecodeView]:
        """The recodes that the service knows, in the order of the retired codes."""
        return [recode async for recode in self.pages("/v1/division-recodes", DivisionRecodeView, limit=1000)]

    async def _send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | bool | None] | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = True,
    ) -> httpx.Response:
        given = {name: value for name, value in (params or {}).items() if value is not None}
        try:
            async for attempt in stamina.retry_context(
                on=_Retried,
                attempts=self._attempts if repeatable else 1,
                wait_initial=0.1,
                wait_max=2.0,
                timeout=30.0,
            ):
                with attempt:
                    return await self._attempt(method, path, given, json, headers or {}, content=content)
        except _Retried as failure:
            if failure.answer is not None and not repeatable:
                raise self._problem(failure.answer) from failure
            raise self._away() from failure
        raise AssertionError("unreachable")  # pragma: no cover

    async def _attempt(
        self,
        method: str,
        path: str,
        params: Mapping[str, Any],
        json: Any,
        headers: Mapping[str, str],
        *,
        content: bytes | None = None,
    ) -> httpx.Response:
        try:
            answer = await self._request(
                method, path, params=dict(params), json=json, content=content, headers=headers
            )
        except httpx.TransportError as error:
            raise _Retried from error
        if answer.status_code in _RETRIED_STATUS:
            raise _Retried(answer)
        if answer.is_error:
            raise self._problem(answer)
        return answer

    async def _request(
        self, method: str, path: str, *, headers: Mapping[str, str], **sent: Any
    ) -> httpx.Response:
        """One request as whoever this client is."""
        own = {"Authorization": f"Bearer {self._token()}", **headers}
        if current := request_id():
            own[REQUEST_ID_HEADER] = current
        if self._on_behalf_of:
            own["On-Behalf-Of"] = self._on_behalf_of
        return await self._http.request(method, path, headers=own, **sent)

    def _away(self) -> UpstreamUnavailable:
        return UpstreamUnavailable(
            f"{self.service} 服务暂不可用,请稍后重试",
            f"The service {self.service} is not available; try again later",
        )

    def _problem(self, answer: httpx.Response) -> ServiceProblem:
        try:
            problem = answer.json()
        except ValueError:
            problem = {}
        return ServiceProblem(self.service, answer.status_code, problem if isinstance(problem, dict) else {})


def given(**fields: Any) -> dict[str, Any]:
    """The fields that were set: what is left out today means the same when the service knows more fields."""
    return {name: value for name, value in fields.items() if value is not None}


def iso(moment: date | datetime | None) -> str | None:
    """A day or moment as it travels."""
    return None if moment is None else moment.isoformat()


def token_from_file(path: Path) -> TokenSource:
    """A service's own access token, read anew for each use since whoever issues it renews the file."""

    def read() -> str:
        try:
            return path.read_text("utf-8").strip()
        except OSError as error:
            raise UpstreamUnavailable(
                "本服务的访问令牌文件暂不可读", "The file with this service's own access token cannot be read"
            ) from error

    return read


def _item(entry: Mapping[str, Any]) -> Item:
    row = entry.get("row")
    return Item(
        field=str(entry.get("field", "")),
        rule=str(entry.get("rule", "")),
        zh=str(entry.get("message", "")),
        en=str(entry.get("message_en", "")),
        row=row if isinstance(row, int) else None,
    )
