"""All routes of the registry, and the tags that group them."""

from typing import Any

from fastapi import APIRouter

from services.registry.api import (
    cluster_routes,
    designation_routes,
    filing_desk_routes,
    programme_routes,
    reference_routes,
    register_routes,
    snapshot_routes,
    upload_routes,
)
from services.registry.api.filing_desk_routes import filing_desk_router
from services.registry.api.filing_routes import filing_router
from services.registry.domain.filings import FilingKind

ALL: tuple[APIRouter, ...] = (
    reference_routes.router,
    programme_routes.router,
    cluster_routes.router,
    register_routes.router,
    upload_routes.router,
    filing_desk_routes.router,
    filing_desk_router(FilingKind.APPLICATION),
    filing_router(FilingKind.APPLICATION),
    filing_desk_router(FilingKind.ANNUAL_RETURN),
    filing_router(FilingKind.ANNUAL_RETURN),
    snapshot_routes.router,
    designation_routes.router,
)

TAGS: tuple[dict[str, Any], ...] = (
    {"name": "reference", "description": "区划与行业 · divisions (GB/T 2260) and industries (GB/T 4754)"},
    {"name": "programmes", "description": "计划、指标目录、轮次 · programme, indicator catalogue, rounds"},
    {"name": "clusters", "description": "集群 · county industry clusters"},
    {
        "name": "registers",
        "description": "登记簿 · parks, firms, platforms, brands, projects and what else is kept",
    },
    {"name": "uploads", "description": "文件与导入 · files in parts, imports of spreadsheets"},
    {"name": "applications", "description": "申报 · a county asks for designation"},
    {"name": "annual-returns", "description": "年度填报 · a holder's figures of a data year"},
    {"name": "snapshots", "description": "快照 · frozen values of a round"},
    {"name": "designations", "description": "认定 · the status a cluster holds"},
)
