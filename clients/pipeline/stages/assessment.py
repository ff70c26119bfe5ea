"""The snapshots are assessed by the year's scheme, and how certain the ranks are is analysed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.stages.contract import Command, Found, Proposal, Stage, View
from clients.pipeline.stages.reading import came_to, given_version, unless_missing
from shared.http.scoring import AssessmentView


class Assess(Stage):
    """``with``: ``scheme`` by id and version."""

    code = "assess"

    async def prepare(self, view: View) -> Proposal:
        scheme, version = given_version(view, "scheme")
        snapshots = dict(came_to(view, "freeze_snapshot", "snapshots"))
        return Proposal({"scheme": scheme, "scheme_version": version, "snapshots": snapshots})

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:
        by = {"scheme": proposal["scheme"], "scheme_version": proposal["scheme_version"]}
        return [
            Command("scoring", "/v1/assessments", {**by, "snapshot_sha256": sha256})
            for _, sha256 in sorted(proposal["snapshots"].items())
        ]

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        found = {}
        for code, sha256 in proposal["snapshots"].items():
            assessment = await _assessment_on(view, sha256)
            if assessment is None:
                return Found(
                    [Reason("not-assessed", Waits.SERVICE, f"{code} 尚未评估", f"{code} is not assessed yet")]
                )
            found[code] = assessment
        return Found(
            result={
                "assessments": {code: assessment.id for code, assessment in found.items()},
                "releases": {assessment.id: assessment.current_sha256 for assessment in found.values()},
            }
        )


async def _assessment_on(view: View, snapshot_sha256: str) -> AssessmentView | None:
    """The one that was run on this snapshot and not withdrawn; a release that superseded it may rest on another."""
    scoring, plan = view.services.scoring, view.plan
    for listed in await scoring.assessments():
        of_year = (listed.programme, listed.assessment_year) == (plan.programme, plan.assessment_year)
        if not of_year or listed.state == "withdrawn":
            continue
        assessment: AssessmentView = await scoring.assessment(listed.id)
        first = min(assessment.releases, key=lambda release: release.number)
        if (await scoring.signed_release(first.sha256)).document["snapshot_sha256"] == snapshot_sha256:
            return assessment
    return None


class Robustness(Stage):
    """A job of scoring. Where it was refused, the year goes on without it, and the result says why."""

    code = "robustness"

    async def prepare(self, view: View) -> Proposal:
        return Proposal({"releases": sorted(came_to(view, "assess", "releases").values())})

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:
        return [Command("scoring", f"/v1/releases/{sha256}/robustness") for sha256 in proposal["releases"]]

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        jobs = {}
        for sha256 in proposal["releases"]:
            job = await unless_missing(view.services.scoring.robustness(sha256))
            if job is None or job.state not in ("done", "failed"):
                zh, en = "稳健性分析尚未完成", "The robustness analysis is not done yet"
                return Found([Reason("analysis-running", Waits.JOB, zh, en)])
            jobs[sha256] = {"state": job.state, "problem": job.problem}
        return Found(result={"analyses": jobs})
