"""Clusters of the counties."""

from fastapi import APIRouter

from services.registry.api.dependencies import ClusterReader, CountyPreparer, FilingReader, LimitsDep
from services.registry.api.models.clusters import ClusterIn, ClusterOut
from services.registry.api.paths import PathCode
from services.registry.use_cases.programme.register_cluster import register_cluster
from services.registry.use_cases.programme.show_clusters import list_clusters, show_cluster
from services.registry.use_cases.registers.edit_entries import Editor
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/clusters", tags=["clusters"])


@router.post("", status_code=201, summary="登记集群 · Register a cluster")
async def post_cluster(
    body: ClusterIn,
    preparer: CountyPreparer,
    command: KeyedCommand,
    session: Session,
    today: Today,
    limits: LimitsDep,
) -> ClusterOut:
    """At most two clusters in focus and three rooted leading industries a county, unless a reason is given. The leading
    industry is one of the county's register `leading-industries`; a new one is entered there with the cluster.
    """
    return await command.once(
        session,
        ClusterOut,
        lambda: register_cluster(
            session, body.cluster(), programme=body.programme, editor=Editor(preparer, today, limits)
        ),
    )


@router.get("", summary="集群列表 · Clusters of the own division")
async def get_clusters(
    reader: FilingReader, session: Session, page: Paging, answer: AnswerPage
) -> Page[ClusterOut]:
    return answer.of(ClusterOut, await list_clusters(session, page, actor=reader))


@router.get("/{code}", summary="集群 · A cluster")
async def get_cluster(code: PathCode, reader: ClusterReader, session: Session) -> ClusterOut:
    found = await show_cluster(session, code, actor=reader)
    return ClusterOut.model_validate(found, from_attributes=True)
