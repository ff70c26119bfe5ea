"""The report of a plan, from its first year to its end: by target, cluster and county."""

from fastapi import APIRouter

from services.registry.api.dependencies import DesignationReader
from services.registry.api.paths import PathCode
from services.registry.api.plan_report.answers import PlanClusterOut, PlanCountyOut, PlanReportOut
from services.registry.use_cases.plan_report.list_records import list_cluster_records, list_county_records
from services.registry.use_cases.plan_report.show_report import show_report
from shared.web.dependencies import Session, Today
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/plan-reports", tags=["targets"])


@router.get("/{programme}", summary="计划期报告 · A plan's targets by year, what ends and what passes on")
async def get_plan_report(
    programme: PathCode, reader: DesignationReader, session: Session, today: Today
) -> PlanReportOut:
    """Of the plan's last day; before it, of today: what would be left if the plan ended now."""
    return PlanReportOut.of(await show_report(session, programme, today=today, actor=reader))


@router.get(
    "/{programme}/clusters", summary="计划期报告:集群 · Status at start and end, decisions, main figures"
)
async def get_plan_clusters(
    programme: PathCode,
    reader: DesignationReader,
    session: Session,
    today: Today,
    page: Paging,
    answer: AnswerPage,
) -> Page[PlanClusterOut]:
    """Every cluster that was decided on."""
    listed = await list_cluster_records(session, programme, page, today=today, actor=reader)
    return answer.of(PlanClusterOut, listed)


@router.get("/{programme}/counties", summary="计划期报告:县 · Designations at start and end, own figures")
async def get_plan_counties(
    programme: PathCode,
    reader: DesignationReader,
    session: Session,
    today: Today,
    page: Paging,
    answer: AnswerPage,
) -> Page[PlanCountyOut]:
    """Every county that takes part, also one with nothing."""
    listed = await list_county_records(session, programme, page, today=today, actor=reader)
    return answer.of(PlanCountyOut, listed)
