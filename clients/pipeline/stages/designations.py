"""Designations follow from the final releases by the programme's rules; a person of the province approves them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final

from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.stages.contract import Command, Found, Proposal, Stage, View
from clients.pipeline.stages.reading import came_to
from shared.http.registry.designations import DesignationDecisionView

_STANDS: Final = ("proposed", "approved")


class ProposeDesignations(Stage):
    """They hold from the day after the last notice. Whoever wants another status than the rules give proposes the list
    at the registry before: that one is taken."""

    code = "propose_designations"

    async def prepare(self, view: View) -> Proposal:
        signed = [
            await view.services.scoring.signed_release(sha256)
            for sha256 in sorted(came_to(view, "finalise", "releases").values())
        ]
        last = max(date.fromisoformat(entry.document["notice"]["ends_on"]) for entry in signed)
        return Proposal(
            {
                "programme": view.plan.programme,
                "releases": [{"release": entry.document, "signature": entry.signature} for entry in signed],
                "sha256s": [entry.sha256 for entry in signed],
                "effective_from": (last + timedelta(days=1)).isoformat(),
                "note": f"按{view.plan.assessment_year}年度评估最终结果提出",
            }
        )

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:
        body = {name: value for name, value in proposal.items() if name != "sha256s"}
        return [Command("registry", "/v1/designation-decisions", body)]

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        found = await _decision_on(view, proposal["sha256s"])
        if found is None:
            zh, en = "认定名单尚未提出", "The designations are not proposed yet"
            return Found([Reason("not-proposed", Waits.SERVICE, zh, en)])
        return Found(result={"decision": found.code, "counts": found.counts})


async def _decision_on(view: View, releases: Sequence[str]) -> DesignationDecisionView | None:
    """The decision that rests on these releases and was neither rejected nor withdrawn."""
    registry = view.services.registry
    for listed in await registry.designation_decisions(view.plan.programme):
        if listed.assessment_year == view.plan.assessment_year and listed.state in _STANDS:
            decision: DesignationDecisionView = await registry.designation_decision(listed.code)
            if set(decision.releases) == set(releases):
                return decision
    return None


class ApproveDesignations(Stage):
    code = "approve_designations"
    mirrors = True

    async def prepare(self, view: View) -> Proposal:
        code, counts = (came_to(view, "propose_designations", name) for name in ("decision", "counts"))
        return Proposal({"decision": code, "counts": counts})

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        code = proposal["decision"]
        found = await view.services.registry.designation_decision(code)
        if found.state == "approved":
            return Found(result={"decision": code, "document_number": found.document_number})
        if found.state == "proposed":
            zh, en = f"认定决定 {code} 尚未审定", f"The decision {code} is not approved yet"
            return Found([Reason("designations-undecided", Waits.PERSON, zh, en)])
        ended = {"rejected": ("未获审定", "rejected"), "withdrawn": ("已撤回", "withdrawn")}
        zh, en = ended[found.state]
        return Found(
            [
                Reason(
                    f"designations-{found.state}",
                    Waits.MENDING,
                    f"认定决定 {code} {zh}，请退回到提出认定名单环节重办",
                    f"The decision {code} was {en}: send back to where designations are proposed",
                )
            ]
        )
