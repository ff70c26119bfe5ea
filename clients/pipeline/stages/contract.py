"""What a stage is. It never sleeps, never waits for a person, and holds no transaction: it looks, proposes and
verifies, and the loop does the rest.

    class FreezeSnapshot(Stage):
        code = "freeze_snapshot"

        async def conditions(self, view): ...     # every reason against it, none: go on
        async def prepare(self, view): ...        # reads only; what is proposed, hashed and decided
        def commands(self, proposal): ...         # a function of the stored proposal alone
        async def verify(self, view, proposal): ...  # the owners' state; the only way to done
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, ClassVar, Protocol

from clients.pipeline.domain.plan import Plan, StagePlan
from clients.pipeline.domain.reasons import Reason
from shared.documents.canonical import Json


@dataclass(frozen=True, slots=True)
class Command:
    """A keyed call at a service. ``body`` and ``path`` come from the stored proposal, so that they are the same bytes
    however often, and by whichever version of the code, they are sent.
    """

    service: str
    path: str
    body: Json = None
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a stage is about to do: shown, hashed, decided, stored. ``proposers`` are persons whose own work it holds:
    they do not decide it.
    """

    content: Mapping[str, Json]
    proposers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class SendBack:
    """An earlier stage is done again, and all that come after it; what stands of their effects is said in words."""

    to: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Found:
    """What ``verify`` saw: it is done with this result; or it is not, for these reasons; or it goes back."""

    reasons: Sequence[Reason] = ()
    result: Mapping[str, Json] = field(default_factory=dict)
    back: SendBack | None = None


class Services(Protocol):
    """The three services as the service account ``pipeline`` sees them; typed clients of ``shared.http``."""

    @property
    def registry(self) -> Any: ...

    @property
    def scoring(self) -> Any: ...

    @property
    def funding(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class View:
    """What a stage may look at: the plan, the business date, what stages before it came to, the services."""

    plan: Plan
    stage: StagePlan
    turn: int
    today: date
    results: Mapping[str, Mapping[str, Json]]
    services: Services

    def result(self, stage: str, key: str) -> Any:
        """What an earlier stage came to; null where it was passed over or waived."""
        return self.results.get(stage, {}).get(key)


class Stage(ABC):
    """One stage of a year. ``mirrors``: it is decided at a service, and only seen from here."""

    code: ClassVar[str]
    mirrors: ClassVar[bool] = False
    #: What has been done here cannot be undone: nothing is sent back to before it.
    irrevocable: ClassVar[bool] = False

    async def conditions(self, view: View) -> Sequence[Reason]:  # noqa: ARG002
        return ()

    @abstractmethod
    async def prepare(self, view: View) -> Proposal: ...

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:  # noqa: ARG002
        return ()

    @abstractmethod
    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found: ...
