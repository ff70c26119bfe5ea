"""Metrics of all cycles for Prometheus, read at the moment of the scrape: any process tells the same."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy.ext.asyncio import AsyncSession

from clients.pipeline.storage.measures import (
    measure_attempts,
    measure_cycles,
    measure_effects,
    measure_stages,
)

_CYCLE: Final = ("programme", "assessment_year")


async def metrics(session: AsyncSession, *, today: date) -> bytes:
    """In the text format of Prometheus."""
    stages = await measure_stages(session, today=today)
    cycles = await measure_cycles(session, today=today)
    registry = CollectorRegistry()
    of_stage, of_cycle = (*_CYCLE, "stage", "state"), (*_CYCLE, "state")
    labelled = [((s.programme, s.assessment_year, s.stage, s.state), s) for s in stages]
    _gauge(registry, "stage_age_seconds", "Since a stage that is not behind last changed.", of_stage,
           ((labels, s.age_seconds) for labels, s in labelled))  # fmt: skip
    _gauge(registry, "stage_overdue", "1 where a stage is past its due day.", of_stage,
           ((labels, int(s.is_overdue)) for labels, s in labelled))  # fmt: skip
    _gauge(registry, "stage_failures", "Calls in a row that no service answered.", of_stage,
           ((labels, s.failures) for labels, s in labelled))  # fmt: skip
    known = [((c.programme, c.assessment_year, c.state), c) for c in cycles]
    _gauge(registry, "cycle_tick_age_seconds", "Since the last tick of a cycle.", of_cycle,
           ((labels, c.tick_age_seconds) for labels, c in known if c.tick_age_seconds is not None))  # fmt: skip
    for name, text in (
        ("gates_open", "Gates that wait for a decision."),
        ("gates_overdue", "Open gates past their due day."),
        ("notices_waiting", "Notices that were not sent yet."),
    ):
        _gauge(registry, name, text, of_cycle, ((labels, getattr(c, name)) for labels, c in known))
    _gauge(registry, "effects", "Commands to services, by their answer.", ("service", "status"),
           (((e.service, e.status), e.effects) for e in await measure_effects(session)))  # fmt: skip
    _gauge(registry, "attempts", "Steps that workers took.", ("phase",),
           (((a.phase,), a.attempts) for a in await measure_attempts(session)))  # fmt: skip
    return generate_latest(registry)


def _gauge(
    registry: CollectorRegistry,
    name: str,
    text: str,
    labels: Sequence[str],
    values: Iterable[tuple[Sequence[object], int]],
) -> None:
    gauge = Gauge(f"county_clusters_pipeline_{name}", text, labels, registry=registry)
    for of, value in values:
        gauge.labels(*map(str, of)).set(value)
