"""The rules of the year are published at their owners, by people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.stages.contract import Found, Proposal, Stage, View
from clients.pipeline.stages.reading import given_text, given_version, unless_missing


class PublishRules(Stage):
    """``with``: ``programme`` and ``calendar`` by version, ``scheme`` and ``incentive`` by id and version."""

    code = "publish_rules"
    mirrors = True

    async def prepare(self, view: View) -> Proposal:
        scheme, incentive = given_version(view, "scheme"), given_version(view, "incentive")
        return Proposal(
            {
                "programme": given_text(view, "programme"),
                "calendar": given_text(view, "calendar"),
                "scheme": {"id": scheme[0], "version": scheme[1]},
                "incentive": {"id": incentive[0], "version": incentive[1]},
            }
        )

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        missing = [
            *await _registry(view, proposal["programme"], proposal["calendar"]),
            *await _scheme(view, **proposal["scheme"]),
            *await _incentive(view, **proposal["incentive"]),
        ]
        return Found(missing) if missing else Found(result=dict(proposal))


async def _registry(view: View, version: str, calendar: str) -> Sequence[Reason]:
    code, year = view.plan.programme, view.plan.assessment_year
    newest = await unless_missing(view.services.registry.programme_version(code))
    reasons = (
        []
        if newest == version
        else [_missing(f"计划文件 {version} 版", f"the programme's version {version}")]
    )
    versions = await unless_missing(view.services.registry.calendar_versions(code, year)) or []
    if all(entry.version != calendar for entry in versions):
        reasons.append(
            _missing(f"{year}年度日历 {calendar} 版", f"version {calendar} of the calendar of {year}")
        )
    return reasons


async def _scheme(view: View, id: str, version: str) -> Sequence[Reason]:  # noqa: A002 - as the plan calls it
    found = await unless_missing(view.services.scoring.scheme_version(id, version))
    if found is not None and found.state == "published":
        return []
    return [_missing(f"评估方案 {id} {version} 版", f"version {version} of the scheme {id}")]


async def _incentive(view: View, id: str, version: str) -> Sequence[Reason]:  # noqa: A002 - as the plan calls it
    known = await view.services.funding.incentive_versions(programme=view.plan.programme)
    if any((entry.incentive, entry.version) == (id, version) for entry in known):
        return []
    return [_missing(f"激励规则 {id} {version} 版", f"version {version} of the incentive rules {id}")]


def _missing(zh: str, en: str) -> Reason:
    return Reason("not-published", Waits.PERSON, f"尚未发布{zh}", f"Not published yet: {en}")
