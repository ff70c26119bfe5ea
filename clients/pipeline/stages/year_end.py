"""The end of the year: where the programme's targets stand, and the round is closed by the finance department."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.stages.allocation import round_of, withdrawn
from clients.pipeline.stages.contract import Found, Proposal, Stage, View


class ReportTargets(Stage):
    """Keeps the table of the year as it is on the day."""

    code = "report_targets"

    async def prepare(self, view: View) -> Proposal:
        return Proposal({"programme": view.plan.programme, "year": view.plan.assessment_year})

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        table = await view.services.registry.targets(proposal["programme"], year=proposal["year"])
        lines = [
            {
                "code": line.code,
                "unit": line.unit,
                "value": line.value,
                "target": line.target,
                "target_year": line.target_year,
                "on_the_way": line.on_the_way.fulfilled,
                "against_target": line.against_target.fulfilled,
            }
            for line in table.items
        ]
        return Found(result={"as_of": table.as_of.isoformat(), "version": table.version, "lines": lines})


class Close(Stage):
    """The round's money is settled; what stands against closing it is what funding says."""

    code = "close"
    mirrors = True

    async def prepare(self, view: View) -> Proposal:
        return Proposal({"round": (await round_of(view)).code})

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        found = await round_of(view)
        if found.state == "closed":
            return Found(result={"round": proposal["round"]})
        if found.state == "withdrawn":
            return withdrawn(found.code)
        against = await view.services.funding.round_prerequisites(found.code, step="closing")
        reasons = [
            Reason(own.rule, Waits.PERSON, f"{own.field}：{own.zh}", f"{own.field}: {own.en}")
            for own in against.reasons
            if own.field != "role"
        ]
        zh, en = f"分配轮次 {found.code} 尚未办结", f"The round {found.code} is not closed yet"
        return Found([Reason("round-not-closed", Waits.PERSON, zh, en), *reasons])
