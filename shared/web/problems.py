"""Every error answer is an RFC 9457 problem document in Chinese and English.

``type`` is stable (``urn:county-clusters:problem:<code>``); ``errors`` has one entry for each wrong field or row.
"""

from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionInTime
from starlette.exceptions import HTTPException

from shared.data.database import DatabaseBusy, DatabaseUnavailable
from shared.errors import Item, Kind, Refusal
from shared.logging import get_logger
from shared.telemetry import request_id
from shared.web.refusal_audit import record_refusal
from shared.web.validation_messages import item_of_validation_error

MEDIA_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:county-clusters:problem:"

STATUS_OF_KIND: Final = {
    Kind.INVALID: 422,
    Kind.UNAUTHENTICATED: 401,
    Kind.FORBIDDEN: 403,
    Kind.NOT_FOUND: 404,
    Kind.CONFLICT: 409,
    Kind.STALE: 412,
    Kind.TOO_LARGE: 413,
    Kind.UNSUPPORTED: 415,
    Kind.UNAVAILABLE: 503,
}


class ProblemItem(BaseModel):
    """One wrong field or row."""

    field: str = Field(description="where: a path such as `values.3.value`")
    row: int | None = Field(default=None, description="row number, where the input has rows")
    rule: str = Field(description="stable name of the rule that is broken")
    message: str = Field(description="in Chinese")
    message_en: str = Field(description="in English")


class Problem(BaseModel):
    """RFC 9457 problem document."""

    type: str
    title: str = Field(description="short name of the problem, in English")
    status: int
    detail: str = Field(description="what is wrong, in Chinese")
    detail_en: str = Field(description="what is wrong, in English")
    request_id: str = Field(description="quote it when you ask for help")
    errors: list[ProblemItem] = []


#: Documented on every operation of every service.
PROBLEM_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {
        "description": f"{HTTPStatus(status).phrase} (problem document)",
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for status in (400, 401, 403, 404, 409, 412, 413, 415, 422, 503)
}


def problem_response(
    *,
    status: int,
    code: str,
    zh: str,
    en: str,
    items: tuple[Item, ...] = (),
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    problem = Problem(
        type=TYPE_PREFIX + code,
        title=code.replace("-", " "),
        status=status,
        detail=zh,
        detail_en=en,
        request_id=request_id(),
        errors=[
            ProblemItem(field=item.field, row=item.row, rule=item.rule, message=item.zh, message_en=item.en)
            for item in items
        ],
    )
    return JSONResponse(problem.model_dump(), status_code=status, media_type=MEDIA_TYPE, headers=headers)


async def answer_to(request: Request, error: Exception) -> JSONResponse:
    """The answer to what was raised outside of any handler."""
    answer = next(answer for kind, answer in _ANSWERS if isinstance(error, kind))
    return await answer(request, error)


def install_problem_handlers(app: FastAPI) -> None:
    for kind, answer in _ANSWERS:
        app.add_exception_handler(kind, answer)


async def _on_refusal(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Refusal)  # noqa: S101 - FastAPI dispatches by this type
    status = STATUS_OF_KIND[error.kind]
    if error.kind is not Kind.UNAVAILABLE:
        await record_refusal(
            request, status=status, rule=error.code, items=error.items, confidential=error.confidential
        )
    headers = (
        {"WWW-Authenticate": "Bearer"} if status == 401 else {"Retry-After": "5"} if status == 503 else None
    )
    return problem_response(
        status=status, code=error.code, zh=error.zh, en=error.en, items=error.items, headers=headers
    )


async def _on_validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - FastAPI dispatches by this type
    items = tuple(item_of_validation_error(problem, error.body) for problem in error.errors())
    await record_refusal(request, status=422, rule="invalid-request", items=items)
    return problem_response(
        status=422,
        code="invalid-request",
        zh=f"请求内容有 {len(items)} 处不符合要求",
        en=f"The request breaks {len(items)} rule(s)",
        items=items,
    )


async def _on_http_exception(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - FastAPI dispatches by this type
    phrase = HTTPStatus(error.status_code).phrase
    code, zh = _HTTP_PROBLEMS.get(
        error.status_code, (phrase.lower().replace(" ", "-").replace("'", ""), "请求不能处理")
    )
    return problem_response(
        status=error.status_code,
        code=code,
        zh=zh,
        en=str(error.detail or phrase),
        headers=dict(error.headers) if error.headers else None,
    )


_HTTP_PROBLEMS: Final = {
    404: ("no-such-address", "没有这个地址"),
    405: ("method-not-allowed", "这个地址不支持该方法"),
    413: ("body-too-large", "请求内容过大"),
}


def body_too_large(max_bytes: int) -> JSONResponse:
    return problem_response(
        status=413,
        code="body-too-large",
        zh=f"请求内容超过 {max_bytes // 1024} KiB",
        en=f"The request body is larger than {max_bytes // 1024} KiB",
    )


async def _on_database_error(request: Request, error: Exception) -> JSONResponse:
    """What the database refuses: data that it cannot hold is the caller's (422), what exists already is 409, what
    only came at a bad moment is 503 and may be sent again.
    """
    assert isinstance(error, DBAPIError)  # noqa: S101 - FastAPI dispatches by this type
    state = str(getattr(error.orig, "sqlstate", "") or "")
    if state.startswith("22"):
        return problem_response(
            status=422,
            code="invalid-data",
            zh="内容含有数据库不能保存的字符或数值",
            en="The content has characters or numbers that cannot be stored",
        )
    if state in _BAD_MOMENT:
        return await _on_refusal(request, DatabaseBusy())
    if state.startswith(("23", "40")):
        return problem_response(
            status=409,
            code="conflict",
            zh="与现有数据或同时进行的操作冲突,请刷新后重试",
            en="This conflicts with existing data or with a simultaneous change; reload and try again",
        )
    if (
        error.connection_invalidated
        or state.startswith(("08", "57", "53"))
        or isinstance(error.orig, OSError)
    ):
        return await _on_refusal(request, DatabaseUnavailable())
    return await _on_unexpected_error(request, error)


#: Serialization failure, deadlock, a lock that was not had in time.
_BAD_MOMENT: Final = frozenset({"40001", "40P01", "55P03"})


async def _on_no_connection(request: Request, _error: Exception) -> JSONResponse:
    """All connections of the pool were in use for too long."""
    return await _on_refusal(request, DatabaseBusy())


async def _on_unexpected_error(request: Request, error: Exception) -> JSONResponse:
    get_logger().error("request_failed", method=request.method, path=request.url.path, exc_info=error)
    return problem_response(
        status=500,
        code="internal-error",
        zh="系统出错,已记录;请提供请求编号",
        en="Something went wrong and was recorded; please quote the request id",
    )


#: The first that fits answers.
_ANSWERS: Final = (
    (Refusal, _on_refusal),
    (RequestValidationError, _on_validation_error),
    (HTTPException, _on_http_exception),
    (DBAPIError, _on_database_error),
    (NoConnectionInTime, _on_no_connection),
    (Exception, _on_unexpected_error),
)
