"""Metrics for Prometheus; it comes with a token like everybody else."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST

from clients.pipeline.api.dependencies import Watcher
from clients.pipeline.use_cases.measure import metrics
from shared.web.dependencies import Session, Today

router = APIRouter(prefix="/metrics", tags=["metrics"])


@router.get(
    "",
    summary="指标 · Metrics: age of stages, overdue gates, effects, ticks",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "in the text format of Prometheus"}},
)
async def get_metrics(session: Session, _principal: Watcher, today: Today) -> Response:
    return Response(await metrics(session, today=today), media_type=CONTENT_TYPE_LATEST)
