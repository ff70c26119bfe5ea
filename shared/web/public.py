"""What everybody may read: without a token, and kept by caches for a while."""

from collections.abc import Mapping
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from fastapi import Request, Response
from pydantic import BaseModel

PUBLIC: Final[dict[str, Any]] = {"x-public": True}
NOT_MODIFIED: Final[dict[int | str, dict[str, Any]]] = {
    304: {"description": "unchanged since `If-None-Match`"}
}


def cacheable(
    request: Request, found: BaseModel, *, max_age: int, more: Mapping[str, str] = MappingProxyType({})
) -> Response:
    """With an ETag over its bytes; 304 where the caller has them already."""
    content = found.model_dump_json().encode()
    etag = f'"{sha256(content).hexdigest()}"'
    headers = {
        **{name: value for name, value in more.items() if name == "link"},
        "ETag": etag,
        "Cache-Control": f"public, max-age={max_age}",
    }
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("If-None-Match", "").split(",")}
    if etag in known or "*" in known:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
