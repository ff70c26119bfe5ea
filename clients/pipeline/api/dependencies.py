"""Who may call what, and what the handlers need of the application."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final
from uuid import UUID

from fastapi import Depends, Path, Request

from clients.pipeline.loop.pipeline import Pipeline
from shared.web.auth import permit
from shared.web.fields import Code
from shared.web.principals import Principal, Role, Scope
from shared.web.state import own_state

#: Who may be named in a plan as those who decide; the gate itself says which of them.
DECIDERS: Final = frozenset(Role) - {Role.PIPELINE, Role.SERVICE, Role.PUBLIC}
_READERS: Final = (
    Role.PROVINCE_OFFICER, Role.PROVINCE_DECIDER, Role.FINANCE_MAKER, Role.FINANCE_REVIEWER, Role.AUDITOR,
    Role.PIPELINE,
)  # fmt: skip

Reader = Annotated[Principal, permit(*_READERS, scope=Scope.PROGRAMME)]
Officer = Annotated[Principal, permit(Role.PROVINCE_OFFICER, scope=Scope.PROGRAMME)]
#: Whoever sees that something goes wrong may hold a cycle up.
Guardian = Annotated[Principal, permit(Role.PROVINCE_OFFICER, Role.PROVINCE_DECIDER, scope=Scope.PROGRAMME)]
Decider = Annotated[Principal, permit(*DECIDERS, scope=Scope.PROGRAMME)]
#: Metrics are of all cycles: whoever runs the installation watches them.
Watcher = Annotated[Principal, permit(Role.PIPELINE, Role.AUDITOR, scope=Scope.INSTALLATION)]
Ticker = Annotated[Principal, permit(Role.PIPELINE, Role.PROVINCE_OFFICER, scope=Scope.PROGRAMME)]

Programme = Annotated[Code, Path(description="the programme's id")]
Year = Annotated[int, Path(ge=2000, le=2199, description="assessment year")]
StageCode = Annotated[Code, Path(description="code of a stage")]
GateId = Annotated[UUID, Path(description="id of a gate")]


@dataclass(frozen=True, slots=True, kw_only=True)
class PipelineState:
    """What only the pipeline holds while it runs: how a worker is made."""

    make: Callable[[], Pipeline]


async def get_pipeline(request: Request) -> Pipeline:
    return own_state(request, PipelineState).make()


PipelineDep = Annotated[Pipeline, Depends(get_pipeline)]
