"""The awards on their way: the list is issued, passed down by level, planned by the counties, and spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.stages.allocation import round_of, withdrawn
from clients.pipeline.stages.contract import Found, Proposal, Stage, View
from clients.pipeline.stages.reading import named
from shared.http.funding.payments import SpendingView

_ISSUED: Final = ("issued", "passed_down", "closed")


class Issue(Stage):
    """Issued by the finance department, with the office's document number."""

    code = "issue"
    mirrors = True
    irrevocable = True

    async def prepare(self, view: View) -> Proposal:
        return Proposal({"round": (await round_of(view)).code})

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        found = await round_of(view)
        if found.state == "withdrawn":
            return withdrawn(found.code)
        if found.state not in _ISSUED:
            return Found(
                [Reason("list-not-issued", Waits.PERSON, "奖励名单尚未下达", "The list is not issued yet")]
            )
        lists = await view.services.funding.issued_lists(fiscal_year=found.fiscal_year)
        issued = next(own for own in lists if own.round == proposal["round"])
        if issued.document_number is None:
            zh = f"奖励名单 {issued.list_number} 的文号尚未登记"
            en = f"The document number of the list {issued.list_number} is not recorded yet"
            return Found([Reason("document-number-missing", Waits.PERSON, zh, en)])
        return Found(
            result={
                "list": issued.list_number,
                "sha256": issued.sha256,
                "document_number": issued.document_number,
                "issued_on": issued.issued_on.isoformat(),
            }
        )


async def _holdings(view: View) -> dict[str, dict[str, SpendingView]]:
    """By cluster and division, of the round's line."""
    line = (await round_of(view)).appropriation
    found: dict[str, dict[str, SpendingView]] = {}
    for row in await view.services.funding.spending(appropriation=line):
        found.setdefault(row.cluster, {})[row.division] = row
    return found


async def _counties(view: View) -> dict[str, str]:
    """Each award's cluster with its county, by the code under which funding keeps a recoded county's money."""
    found, funding = await round_of(view), view.services.funding
    kept: dict[str, str] = {}
    for recode in await funding.division_recodes():
        kept |= {recode.code: recode.kept_code, recode.successor_code: recode.kept_code}
    awards = await funding.awards(fiscal_year=found.fiscal_year)
    return {
        own.cluster: kept.get(own.county_code, own.county_code) for own in awards if own.round == found.code
    }


class PassDown(Stage):
    """By orders of finance departments: every award is at its county, and a city holds nothing for a district."""

    code = "pass_down"
    mirrors = True
    irrevocable = True

    async def prepare(self, view: View) -> Proposal:
        return Proposal({"round": (await round_of(view)).code, "awards": len(await _counties(view))})

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        holdings, missing = await _holdings(view), []
        for cluster, county in sorted((await _counties(view)).items()):
            held = holdings.get(cluster, {})
            on_its_way = any(row.held_fen for division, row in held.items() if division != county)
            if on_its_way or county not in held or not held[county].received_fen:
                missing.append(cluster)
        if missing:
            zh, en = named(missing)
            return Found(
                [
                    Reason(
                        "not-passed-down",
                        Waits.PERSON,
                        f"{len(missing)} 项奖励尚未下达到县：{zh}",
                        f"{len(missing)} awards are not passed down to their county yet: {en}",
                    )
                ]
            )
        if (await round_of(view)).state == "issued":
            zh, en = "名单资金尚未全部下达", "The list is not wholly passed down yet"
            return Found([Reason("not-wholly-passed-down", Waits.PERSON, zh, en)])
        return Found(result={"round": proposal["round"]})


class CountyProjects(Stage):
    """The counties put all that they received into projects of their budget."""

    code = "county_projects"
    mirrors = True

    async def prepare(self, view: View) -> Proposal:
        return Proposal({"round": (await round_of(view)).code})

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        holdings, missing = await _holdings(view), []
        for cluster, county in sorted((await _counties(view)).items()):
            held = holdings.get(cluster, {}).get(county)
            if held is None or held.planned_fen < held.received_fen:
                missing.append(cluster)
        if not missing:
            return Found(result={"round": proposal["round"]})
        zh, en = named(missing)
        return Found(
            [
                Reason(
                    "not-planned",
                    Waits.PERSON,
                    f"{len(missing)} 个集群的资金尚未全部列入县级预算项目：{zh}",
                    f"The money of {len(missing)} clusters is not wholly in county budget projects yet: {en}",
                )
            ]
        )


class Spending(Stage):
    """How much of it is paid, on the day of the plan; nothing is asked of it."""

    code = "spending"

    async def prepare(self, view: View) -> Proposal:
        return Proposal({"appropriation": (await round_of(view)).appropriation})

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        rows = await view.services.funding.spending(appropriation=proposal["appropriation"])
        return Found(
            result={
                "spending": [
                    {
                        "division": row.division,
                        "cluster": row.cluster,
                        "received_fen": row.received_fen,
                        "paid_fen": row.paid_fen,
                        "spent_share": str(row.spent_share),
                    }
                    for row in rows
                ]
            }
        )
