"""Routes of projects and their priority."""

from fastapi import APIRouter

from services.funding.api.dependencies import OwnReader, PathCode, ProjectKeeper, ReleaseHash, UpstreamDep
from services.funding.api.models.projects import PriorityListOut, ProjectOut
from services.funding.use_cases.projects.apply_for_priority import PriorityApplication, apply_for_priority
from services.funding.use_cases.projects.register_project import ProjectIn, find_project, register_project
from services.funding.use_cases.projects.show_priority_list import show_priority_list
from services.funding.use_cases.projects.show_projects import show_project, show_projects
from shared.web.dependencies import ClockDep, DatabaseDep, Session
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(tags=["projects"])


@router.post("/projects", status_code=201, summary="登记项目 · Register a project of a cluster")
async def post_project(
    database: DatabaseDep,
    upstream: UpstreamDep,
    principal: ProjectKeeper,
    command: KeyedCommand,
    order: ProjectIn,
) -> ProjectOut:
    """Of a county of the own division. Name, unit, cluster, county and investment are what the registry's register of
    projects says.
    """
    return await command.once_with_calls(
        database,
        ProjectOut,
        lambda: find_project(upstream, principal, order),
        lambda session, known: register_project(session, principal, order, known),
    )


@router.get("/projects", summary="项目列表 · Projects; a county sees its own")
async def get_projects(
    session: Session,
    principal: OwnReader,
    page: Paging,
    answer: AnswerPage,
) -> Page[ProjectOut]:
    return answer.of(ProjectOut, await show_projects(session, principal, page))


@router.get("/projects/{code}", summary="项目 · A project")
async def get_project(session: Session, principal: OwnReader, code: PathCode) -> ProjectOut:
    return ProjectOut.model_validate(await show_project(session, principal, code))


@router.post(
    "/priority-applications", status_code=201, summary="申请优先支持 · Apply for priority; test each"
)
async def post_priority_application(
    database: DatabaseDep,
    clock: ClockDep,
    upstream: UpstreamDep,
    principal: ProjectKeeper,
    command: KeyedCommand,
    order: PriorityApplication,
) -> PriorityListOut:
    """Being listed gives priority; the project's own test decides, and every reason against it is given."""
    return await apply_for_priority(
        database, clock, upstream, principal, command, order, answer=PriorityListOut
    )


@router.get("/priority-lists/{instrument}", summary="优先支持清单 · The priority list of an instrument")
async def get_priority_list(
    database: DatabaseDep,
    clock: ClockDep,
    upstream: UpstreamDep,
    principal: OwnReader,
    instrument: PathCode,
    release_sha256: ReleaseHash,
) -> PriorityListOut:
    """By the cluster's rank in the final release (the programme's mission), then project code.

    A project whose cluster no longer holds its designation today, or whose priority has run out, has no place.
    """
    found = await show_priority_list(
        database, clock, upstream, principal, instrument, release_sha256=release_sha256
    )
    return PriorityListOut.model_validate(found)
