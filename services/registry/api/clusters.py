"""Clusters of the counties."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.registry.api.dependencies import CountyPreparer, FilingReader
from services.registry.api.programmes import PathCode
from services.registry.domain.clusters import Cluster
from services.registry.storage import clusters, reference
from services.registry.use_cases.programme.register_cluster import register_cluster
from shared.errors import NotFound
from shared.web.dependencies import Session, Today
from shared.web.fields import Code, DivisionCode, Name, Note
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import Page, Paging, cursor_text, encode_cursor, link_next

router = APIRouter(tags=["clusters"])

IndustryCode = Annotated[str, Field(pattern=r"^([A-T]|[0-9]{2,4})$")]


class ClusterIn(BaseModel, extra="forbid"):
    programme: Code
    county_code: DivisionCode
    name: Name
    leading_industry: Annotated[
        Name, Field(description="根植性主导产业: the rooted leading industry it belongs to")
    ]
    class_51020: Annotated[Name | None, Field(description="class in the province's 51020 industries")] = None
    industry_codes: Annotated[list[IndustryCode], Field(min_length=1, max_length=20, description="GB/T 4754")]
    in_focus: Annotated[
        bool, Field(description="one of the county's clusters in focus (重点打造)", strict=True)
    ]
    waiver_reason: Annotated[Note | None, Field(description="why a cap of 27号 二(一) is exceeded")] = None


class ClusterOut(BaseModel):
    code: str = Field(description="business code: county code and running number")
    county_code: str
    name: str
    leading_industry: str
    class_51020: str | None
    industry_codes: list[str]
    in_focus: bool
    waiver_reason: str | None


@router.post("/clusters", status_code=201, summary="登记集群 · Register a cluster")
async def post_cluster(
    body: ClusterIn, preparer: CountyPreparer, command: KeyedCommand, session: Session, today: Today
) -> ClusterOut:
    """At most two clusters in focus and three rooted leading industries a county, unless a reason is given."""

    async def register() -> ClusterOut:
        new = Cluster(
            code="",
            county_code=body.county_code,
            name=body.name,
            leading_industry=body.leading_industry,
            class_51020=body.class_51020,
            industry_codes=tuple(body.industry_codes),
            in_focus=body.in_focus,
            waiver_reason=body.waiver_reason,
        )
        return _out(
            await register_cluster(session, new, programme=body.programme, today=today, actor=preparer)
        )

    return await command.once(session, body, ClusterOut, register)


@router.get("/clusters", summary="集群列表 · Clusters of the own division")
async def get_clusters(
    reader: FilingReader, session: Session, page: Paging, request: Request, response: Response
) -> Page[ClusterOut]:
    divisions = await reference.load_divisions(session)
    rows = await clusters.list_clusters(
        session,
        counties=divisions.counties_within(reader.division),
        after=cursor_text(page.after),
        limit=page.limit + 1,
    )
    shown = [_out(row) for row in rows[: page.limit]]
    following = encode_cursor([shown[-1].code]) if len(rows) > page.limit else None
    link_next(request, response, following)
    return Page(items=shown, next=following)


@router.get("/clusters/{code}", summary="集群 · A cluster")
async def get_cluster(code: PathCode, reader: FilingReader, session: Session) -> ClusterOut:
    found = await clusters.get_cluster(session, code)
    divisions = await reference.load_divisions(session)
    if found is None or not reader.covers(divisions.path(found.county_code)):
        raise NotFound("集群", "cluster")
    return _out(found)


def _out(cluster: Cluster) -> ClusterOut:
    return ClusterOut(
        code=cluster.code,
        county_code=cluster.county_code,
        name=cluster.name,
        leading_industry=cluster.leading_industry,
        class_51020=cluster.class_51020,
        industry_codes=list(cluster.industry_codes),
        in_focus=cluster.in_focus,
        waiver_reason=cluster.waiver_reason,
    )
