"""All routes of the pipeline, and the tags that group them."""

from typing import Any

from fastapi import APIRouter

from clients.pipeline.api import cycles, gates, metrics

ALL: tuple[APIRouter, ...] = (cycles.router, gates.router, metrics.router)
TAGS: tuple[dict[str, Any], ...] = (
    {"name": "cycles", "description": "年度流程 · the cycle of a year: stages, reasons, effects"},
    {"name": "gates", "description": "审定事项 · what people decide in a cycle"},
    {"name": "metrics", "description": "指标 · for Prometheus"},
)
