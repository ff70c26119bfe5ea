"""All routes of the registry, and the tags that group them."""

from typing import Any

from fastapi import APIRouter

from services.registry.api import (
    clusters,
    derived,
    designations,
    programmes,
    reference,
    registers,
    snapshots,
    uploads,
)
from services.registry.api.case_notes import published, writing
from services.registry.api.filings import desk, filings, forms
from services.registry.api.plan_report import reports
from services.registry.api.programme import calendars, tasks
from services.registry.api.targets import goals, targets
from services.registry.api.targets import published as published_targets
from services.registry.domain.filings.filing import FilingKind

ALL: tuple[APIRouter, ...] = (
    reference.router,
    programmes.router,
    calendars.router,
    tasks.router,
    clusters.router,
    registers.router,
    registers.projects,
    uploads.router,
    derived.router,
    *(group.routes.router(kind) for kind in FilingKind for group in (forms, filings, desk)),
    snapshots.router,
    designations.router,
    writing.router,
    published.router,
    targets.router,
    goals.router,
    published_targets.router,
    reports.router,
)

TAGS: tuple[dict[str, Any], ...] = (
    {"name": "reference", "description": "区划与行业 · divisions (GB/T 2260) and industries (GB/T 4754)"},
    {"name": "programmes", "description": "计划、指标目录、轮次 · programme, indicator catalogue, rounds"},
    {"name": "calendars", "description": "日历 · the filing rounds of a year with their days"},
    {"name": "tasks", "description": "任务 · what units are responsible for, their progress, what is late"},
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
    {
        "name": "case-notes",
        "description": "典型经验 · what worked, by counties and cities, open once published",
    },
    {
        "name": "targets",
        "description": "目标 · targets of the programme against actual figures, and what lies behind",
    },
)
