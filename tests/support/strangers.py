"""Whatever was answered once is asked again by others: in other roles, from other divisions, for what is not there.

Each accepted request of a test is sent again, with a key of its own, by those whom its operation's scope does not
cover. Nobody of them may be told anything, and nothing may change.
"""

import json
import re
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final
from uuid import uuid4

import httpx
from openpyxl import load_workbook

from shared.web.principals import Role, Scope
from tests.support.fingerprint import fingerprint
from tests.support.people import HUBEI, Person
from tests.support.programme import divisions
from tests.support.routes import Operation, operations
from tests.support.services import RunningService, listeners

PARENTS: Final[Mapping[str, str]] = {row["code"]: row["parent_code"] or "" for row in divisions()}
ELSEWHERE: Final = "430000"
#: Operations by which everybody makes something of their own. They are no other's thing.
OF_ONES_OWN: Final = {
    ("registry", "POST", "/v1/uploads"): "an upload is its maker's",
    ("funding", "POST", "/v1/reconciliations"): "a treasury's list is compared with the own payments",
    (
        "scoring",
        "POST",
        "/v1/assessments/{assessment_id}/objections",
    ): "anybody may object to what is on notice",
}
#: Whose budget a city's order moves money of sees that order too.
_OVERSEEN: Final = "/v1/fund-orders"
#: What of an answer is published anyway: the days of the calendar.
_PUBLISHED_PARTS: Final = ("remind_on",)
#: So often an operation of one test is tried: its first requests differ most.
_TRIED: Final = 3


@dataclass(frozen=True)
class Asked:
    """An accepted request: who asked, what was sent, what was answered."""

    operation: Operation
    person: Person
    url: str
    content: bytes
    headers: Mapping[str, str]
    answer: bytes


@dataclass
class Strangers:
    """Listens to a test's services, and asks afterwards."""

    asked: dict[str, list[Asked]] = field(default_factory=dict)
    services: dict[str, RunningService] = field(default_factory=dict)
    tried: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __enter__(self) -> "Strangers":
        listeners.append(self._listen)
        return self

    def __exit__(self, *_: object) -> None:
        listeners.remove(self._listen)

    def _listen(self, service: RunningService, response: httpx.Response) -> None:
        request = response.request
        if not response.is_success or "authorization" not in request.headers:
            return
        operation = _operation_of(service, request.method, request.url.path)
        if operation is None or operation.scope is None or operation.roles is None:
            return
        self.services[service.name] = service
        kept = self.asked.setdefault(f"{service.name} {operation.method} {operation.path}", [])
        if len(kept) < _TRIED:
            headers = {
                name: request.headers[name]
                for name in ("content-type", "if-match")
                if name in request.headers
            }
            kept.append(
                Asked(
                    operation,
                    _person_of(request.headers["authorization"]),
                    str(request.url.raw_path.decode()),
                    request.content,
                    headers,
                    response.content,
                )
            )

    async def ask(self) -> None:
        """Every kept request, by everybody whom its scope does not cover."""
        listeners.remove(self._listen)
        try:
            for name, service in self.services.items():
                before = await fingerprint(service)
                for key, kept in self.asked.items():
                    if key.startswith(f"{name} "):
                        for asked in kept:
                            await self._ask_again(service, key, asked)
                if await fingerprint(service) != before:
                    self.faults.append(f"{name}: something was changed by strangers")
        finally:
            listeners.append(self._listen)

    async def _ask_again(self, service: RunningService, key: str, asked: Asked) -> None:
        operation = asked.operation
        assert operation.roles is not None
        others = tuple(sorted(frozenset(Role) - operation.roles))
        if others:
            answer = await _send(service, Person("other", others, asked.person.division), asked)
            self._judge(key, "another role", answer, answer.status_code == 403)
        if (service.name, operation.method, operation.path) in OF_ONES_OWN or _names_no_county(asked):
            return
        for who, person in _strangers(operation, asked):
            answer = await _send(service, person, asked)
            told = answer.is_success and (operation.method != "GET" or tells(answer.content))
            if told and operation.method == "GET":
                owned = (await _send(service, asked.person, asked)).content
                told = shares(answer.content, owned, apart_from=person.division)
            self._judge(key, who, answer, not told and answer.status_code not in (500, 502))
            if operation.method == "GET" and answer.status_code == 404:
                missing = await _send(service, person, asked, missing=True)
                if missing.status_code != 422:
                    same = missing.status_code == answer.status_code
                    self._judge(key, f"{who}, what is missing", missing, same)

    def _judge(self, key: str, who: str, answer: httpx.Response, right: bool) -> None:
        self.tried[key] += 1
        if not right:
            self.faults.append(f"{key} as {who}: {answer.status_code} {answer.text[:200]}")


def _names_no_county(asked: Asked) -> bool:
    """An entry of a register without a county is one of the county that makes it."""
    return asked.operation.path == "/v1/registers/{register}/entries" and b"county_code" not in asked.content


def _person_of(authorization: str) -> Person:
    claims = json.loads(urlsafe_b64decode(authorization.split(".")[1] + "=="))
    roles = tuple(Role(role) for role in claims["roles"])
    return Person(claims["sub"], roles, claims["division"], claims["unit"])


def _strangers(operation: Operation, asked: Asked) -> Iterator[tuple[str, Person]]:
    """People with the right roles in divisions that the scope does not cover."""
    own = asked.person.division
    if operation.scope is Scope.PUBLISHED:
        return
    roles = tuple(sorted(operation.roles or ()))
    yield "another province", Person("stranger", roles, ELSEWHERE, "外省")
    sibling = "429005" if own != "429005" else "429006"
    yield "another county", Person("stranger", roles, sibling, "邻县")
    overseen = operation.method == "GET" and operation.path.startswith(_OVERSEEN)
    if operation.scope is Scope.OWN and own != HUBEI and not overseen:
        yield "the province above", Person("stranger", roles, HUBEI, "省级")
    if operation.scope is not Scope.WITHIN and PARENTS.get(own) not in (None, "", HUBEI):
        yield "the city above", Person("stranger", roles, PARENTS[own], "市级")


async def _send(
    service: RunningService, person: Person, asked: Asked, *, missing: bool = False
) -> httpx.Response:
    url = asked.url
    if missing:
        path, _, query = url.partition("?")
        last = asked.operation.path.rstrip("/").split("/")
        parts = path.rstrip("/").split("/")
        for place, part in enumerate(last):
            if part.startswith("{") and place < len(parts):
                parts[place] = _another(parts[place])
        url = "/".join(parts) + (f"?{query}" if query else "")
    token = service.issuer.token(person, service.name)
    async with httpx.AsyncClient(transport=service.transport, base_url=f"http://{service.name}") as client:
        return await client.request(
            asked.operation.method,
            url,
            content=asked.content,
            headers={
                **asked.headers,
                "Authorization": f"Bearer {token}",
                "Idempotency-Key": f"stranger-{uuid4()}",
            },
        )


def _another(code: str) -> str:
    """A thing of the same form that is not there."""
    if re.fullmatch(r"sha256:[0-9a-f]{64}", code):
        return "sha256:" + "0" * 64
    if re.fullmatch(r"[0-9a-f-]{36}", code):
        return str(uuid4())
    return "9" * len(code) if code.isdigit() else f"{code}0"


def tells(content: bytes) -> bool:
    """Whether an answer holds anything: a list with something in it, or a file with more than its heading."""
    if content.startswith(b"PK"):
        sheet = load_workbook(BytesIO(content)).worksheets[0]
        return any(cell is not None for row in sheet.iter_rows(min_row=2, values_only=True) for cell in row)
    if content.startswith(b"option "):  # a beancount file begins with its options
        return re.search(rb"^[0-9]{4}-", content, re.MULTILINE) is not None
    try:
        return _holds(json.loads(content))
    except ValueError:
        return len(content.strip().splitlines()) > 1


def shares(told: bytes, owned: bytes, *, apart_from: str) -> bool:
    """Whether somebody is told of another's things: of lists, whether an item is in both; each may have its own, and
    what a county is told of itself the province sees too.
    """
    try:
        theirs, items = (json.loads(answer)["items"] for answer in (told, owned))
    except (ValueError, TypeError, KeyError):
        return True
    return any(item in items for item in theirs if item.get("county_code") != apart_from)


def _holds(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds(member) for name, member in value.items() if name not in _PUBLISHED_PARTS)
    return isinstance(value, list) and bool(value)


_COMPILED: dict[str, list[tuple[str, re.Pattern[str], Operation]]] = {}


def _operation_of(service: RunningService, method: str, path: str) -> Operation | None:
    known = _COMPILED.setdefault(
        service.name,
        [
            (found.method, re.compile(re.sub(r"\{[^}]+\}", "[^/]+", found.path)), found)
            for found in sorted(operations(service.app), key=lambda entry: entry.path.count("{"))
        ],
    )
    return next((found for verb, form, found in known if verb == method and form.fullmatch(path)), None)
