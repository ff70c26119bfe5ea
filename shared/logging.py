"""Structured logs, one JSON object a line: a static event name and primitives, never personal or bank data."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from shared.telemetry import request_id


def configure_logging(service: str) -> None:
    def add_context(_logger: Any, _method: str, entry: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        entry["service"] = service
        if current := request_id():
            entry["request_id"] = current
        return entry

    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            add_context,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def get_logger() -> Any:
    return structlog.get_logger()
