"""Applications and annual returns of the year's rounds: opened, closed, checked by departments and on the spot."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.stages.contract import Found, Proposal, Stage, View
from clients.pipeline.stages.reading import PlanIncomplete, given, named, rounds_of
from shared.http.registry.filings import FilingView
from shared.http.registry.programmes import CalendarRoundView

#: On their way: neither accepted nor back at their county.
_PENDING: Final = {
    "signed_off": ("县级已审核盖章", "signed off"),
    "recommended": ("市级已推荐", "recommended"),
    "confirmed": ("部门已确认", "confirmed"),
}


async def filings_of(view: View, entry: CalendarRoundView) -> list[FilingView]:
    registry = view.services.registry
    asked = registry.applications if entry.kind == "application" else registry.annual_returns
    found: list[FilingView] = await asked(entry.code)
    return found


class OpenFilings(Stage):
    """``with``: ``rounds``. Shows who is expected to file; counties file at the registry."""

    code = "open_filings"

    async def conditions(self, view: View) -> list[Reason]:
        opens_on = min(entry.opens_on for entry in await rounds_of(view))
        if view.today >= opens_on:
            return []
        zh, en = f"{opens_on} 起填报", f"Filing opens on {opens_on}"
        return [Reason("not-open-yet", Waits.DATE, zh, en, until=opens_on)]

    async def prepare(self, view: View) -> Proposal:
        return Proposal({"rounds": [await self._round(view, entry) for entry in await rounds_of(view)]})

    async def _round(self, view: View, entry: CalendarRoundView) -> dict[str, Any]:
        waiting = {own.cluster for own in (await view.services.registry.reminders(entry.code)).outstanding}
        filed = {filing.cluster for filing in await filings_of(view, entry)}
        return {
            "round": entry.code,
            "kind": entry.kind,
            "opens_on": entry.opens_on.isoformat(),
            "closes_on": entry.closes_on.isoformat(),
            "cut_off": entry.cut_off.isoformat(),
            "expected": len(waiting | filed),
        }

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:  # noqa: ARG002
        return Found(result={"expected": {entry["round"]: entry["expected"] for entry in proposal["rounds"]}})


class CloseFilings(Stage):
    """From the day after the closing day: who filed, and who is due and did not."""

    code = "close_filings"

    async def conditions(self, view: View) -> list[Reason]:
        closes_on = max(entry.closes_on for entry in await rounds_of(view))
        if view.today > closes_on:
            return []
        zh, en = f"填报至 {closes_on} 截止", f"Filing closes at the end of {closes_on}"
        return [Reason("not-closed-yet", Waits.DATE, zh, en, until=closes_on + timedelta(days=1))]

    async def prepare(self, view: View) -> Proposal:
        return Proposal({"rounds": [await self._round(view, entry) for entry in await rounds_of(view)]})

    async def _round(self, view: View, entry: CalendarRoundView) -> dict[str, Any]:
        waiting = (await view.services.registry.reminders(entry.code)).outstanding
        drafts = {own.cluster for own in waiting if own.filing is not None}
        filed = {filing.cluster for filing in await filings_of(view, entry)} - drafts
        return {
            "round": entry.code,
            "filed": sorted(filed),
            "unfinished": sorted(drafts),
            "nothing": sorted(own.cluster for own in waiting if own.filing is None),
        }

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:  # noqa: ARG002
        counts = {
            entry["round"]: {name: len(entry[name]) for name in ("filed", "unfinished", "nothing")}
            for entry in proposal["rounds"]
        }
        return Found(result={"rounds": counts})


class DepartmentCheck(Stage):
    """Every filing is accepted or sent back; from the day after the cut-off nothing more can be."""

    code = "department_check"
    mirrors = True

    async def prepare(self, view: View) -> Proposal:
        return Proposal({"rounds": [entry.code for entry in await rounds_of(view)]})

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:  # noqa: ARG002
        reasons, accepted = [], {}
        for entry in await rounds_of(view):
            filings = await filings_of(view, entry)
            accepted[entry.code] = sum(filing.state == "accepted" for filing in filings)
            if view.today <= entry.cut_off:
                reasons += _pending(entry, filings)
        return Found(reasons) if reasons else Found(result={"accepted": accepted})


def _pending(entry: CalendarRoundView, filings: list[FilingView]) -> list[Reason]:
    reasons = []
    for state, (zh, en) in _PENDING.items():
        codes = sorted(filing.code for filing in filings if filing.state == state)
        if codes:
            zh_codes, en_codes = named(codes)
            reasons.append(
                Reason(
                    f"filings-{state.replace('_', '-')}",
                    Waits.PERSON,
                    f"{len(codes)} 件{zh}，待审核或退回：{zh_codes}",
                    f"{len(codes)} {en}, to be accepted or sent back: {en_codes}",
                    until=entry.cut_off + timedelta(days=1),
                )
            )
    return reasons


class OnSiteCheck(Stage):
    """``with``: ``filings_checked``, how many are checked on the spot (现场核查). A plan may let it be waived."""

    code = "on_site_check"
    mirrors = True

    async def prepare(self, view: View) -> Proposal:
        wanted = given(view, "filings_checked")
        if type(wanted) is not int or wanted < 1:
            raise PlanIncomplete(
                "年度流程方案须写明现场核查的件数（filings_checked，至少1件）",
                "The plan must say how many filings are checked on the spot (filings_checked, at least 1)",
            )
        return Proposal({"filings_checked": wanted})

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        wanted, checked = proposal["filings_checked"], []
        registry = view.services.registry
        for entry in await rounds_of(view):
            checks = (
                registry.application_checks if entry.kind == "application" else registry.annual_return_checks
            )
            checked += [filing.code for filing in await filings_of(view, entry) if await checks(filing.code)]
        if len(checked) >= wanted:
            return Found(result={"checked": sorted(checked)})
        zh = f"已现场核查 {len(checked)} 件，应为 {wanted} 件"
        en = f"{len(checked)} filings are checked on the spot, of {wanted}"
        return Found([Reason("not-checked-on-the-spot", Waits.PERSON, zh, en)])
