"""All routes of funding, and the tags that group them."""

from typing import Any

from fastapi import APIRouter

from services.funding.api import (
    appropriations,
    awards,
    budget_projects,
    fund_orders,
    ledger,
    openings,
    payments,
    projects,
    recodes,
    rounds,
    rules,
    simulations,
)

ALL: tuple[APIRouter, ...] = (
    rules.router,
    appropriations.router,
    rounds.router,
    rounds.reviews,
    simulations.router,
    awards.router,
    fund_orders.router,
    openings.router,
    openings.listings,
    budget_projects.router,
    payments.router,
    projects.router,
    ledger.router,
    recodes.router,
)

TAGS: tuple[dict[str, Any], ...] = (
    {"name": "incentive-rules", "description": "激励规则 · rules by which money and priority are given"},
    {"name": "appropriations", "description": "预算安排 · money in a budget line"},
    {"name": "rounds", "description": "分配轮次 · from a final release to an issued list"},
    {"name": "simulations", "description": "模拟测算 · rules and budgets side by side; nothing is held"},
    {"name": "awards", "description": "奖励名单 · awards and issued lists"},
    {
        "name": "fund-orders",
        "description": "资金单 · lines, codes, passing down, variations, recoveries, year-end",
    },
    {"name": "openings", "description": "期初 · what was decided and paid before the system"},
    {"name": "budget-projects", "description": "预算项目 · what counties plan to spend of their quota"},
    {"name": "payments", "description": "国库支付 · payments, reconciliation, progress"},
    {"name": "projects", "description": "项目与优先支持 · projects and their priority"},
    {"name": "ledger", "description": "账目 · double-entry, append-only"},
)
