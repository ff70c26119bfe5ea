"""Applications (申报) and annual returns (年度填报): the same routes under two names.

A route is written once and registered for both kinds. Its name carries the kind, so operation ids stay unique.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from fastapi import APIRouter, Depends, Request, Response

from services.registry.domain.filings.filing import FilingKind

Handler = TypeVar("Handler", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind of filing is called: in paths, in Chinese, in English."""

    path: str
    zh: str
    en: str


WORDS: Final[Mapping[FilingKind, Words]] = {
    FilingKind.APPLICATION: Words("applications", "申报", "application"),
    FilingKind.ANNUAL_RETURN: Words("annual-returns", "年度填报", "annual return"),
}
_KIND_OF_PATH: Final = {words.path: kind for kind, words in WORDS.items()}


class FilingRoutes:
    """Registers each handler once for each kind, on a router of its own.

    In ``name``, ``{kind}`` stands for the kind; in ``summary``, ``{zh}`` and ``{en}`` for what it is called.
    """

    def __init__(self) -> None:
        self._routers = {
            kind: APIRouter(prefix=f"/{words.path}", tags=[words.path]) for kind, words in WORDS.items()
        }

    def router(self, kind: FilingKind) -> APIRouter:
        return self._routers[kind]

    def get(
        self, path: str, *, name: str, summary: str, response_class: type[Response] | None = None
    ) -> Callable[[Handler], Handler]:
        more = {} if response_class is None else {"response_class": response_class}
        return self._both("GET", path, name=name, summary=summary, **more)

    def post(
        self, path: str, *, name: str, summary: str, status_code: int = 200
    ) -> Callable[[Handler], Handler]:
        return self._both("POST", path, name=name, summary=summary, status_code=status_code)

    def put(self, path: str, *, name: str, summary: str) -> Callable[[Handler], Handler]:
        return self._both("PUT", path, name=name, summary=summary)

    def _both(
        self, method: str, path: str, *, name: str, summary: str, **more: Any
    ) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            for kind, words in WORDS.items():
                self._routers[kind].add_api_route(
                    path,
                    handler,
                    methods=[method],
                    name=name.format(kind=kind.value),
                    summary=summary.format(zh=words.zh, en=words.en),
                    **more,
                )
            return handler

        return register


async def get_kind(request: Request) -> FilingKind:
    """The kind that the path is of, such as ``/v1/applications/...``: the first part that names one."""
    return next(_KIND_OF_PATH[part] for part in request.url.path.split("/") if part in _KIND_OF_PATH)


Kind = Annotated[FilingKind, Depends(get_kind)]
