"""The accepted figures of the year's rounds are frozen, from the cut-off on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.stages.contract import Command, Found, Proposal, SendBack, Stage, View
from clients.pipeline.stages.filings import filings_of
from clients.pipeline.stages.reading import rounds_of
from shared.documents.canonical import Json


class FreezeSnapshot(Stage):
    """What is decided is which filings are in it, by the hash of their content, and which are not."""

    code = "freeze_snapshot"

    async def conditions(self, view: View) -> list[Reason]:
        entries = await rounds_of(view)
        cut_off = max(entry.cut_off for entry in entries)
        if view.today < cut_off:
            zh, en = f"{cut_off} 起可冻结", f"Nothing is frozen before the cut-off on {cut_off}"
            return [Reason("cut-off-not-reached", Waits.DATE, zh, en, until=cut_off)]
        filings = [filing for entry in entries for filing in await filings_of(view, entry)]
        if any(filing.state == "accepted" for filing in filings):
            return []
        return [Reason("nothing-accepted", Waits.MENDING, "没有已审核通过的材料", "No filing is accepted")]

    async def prepare(self, view: View) -> Proposal:
        rounds: list[Json] = []
        for entry in await rounds_of(view):
            filings = sorted(await filings_of(view, entry), key=lambda filing: filing.code)
            rounds.append(
                {
                    "round": entry.code,
                    "accepted": [
                        {"filing": filing.code, "content_hash": filing.content_hash}
                        for filing in filings
                        if filing.state == "accepted"
                    ],
                    "not_accepted": [
                        {"filing": filing.code, "state": filing.state}
                        for filing in filings
                        if filing.state != "accepted"
                    ],
                }
            )
        return Proposal({"rounds": rounds})

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:
        return [Command("registry", f"/v1/rounds/{code}/snapshots") for code in _frozen(proposal)]

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        newest = {}
        for code in _frozen(proposal):
            taken = await view.services.registry.snapshots(code)
            if not taken:
                return Found(
                    [Reason("not-frozen", Waits.SERVICE, f"{code} 尚未冻结", f"{code} is not frozen yet")]
                )
            newest[code] = max(taken, key=lambda entry: entry.number).sha256
        if (await self.prepare(view)).content != proposal:  # restated between the decision and the call
            zh, en = (
                "冻结时材料已有变化，须重新决定",
                "The filings changed before they were frozen: decide anew",
            )
            return Found(back=SendBack(self.code, zh, en))
        return Found(result={"snapshots": newest})


def _frozen(proposal: Mapping[str, Any]) -> list[str]:
    """A round without an accepted filing has nothing to freeze."""
    return [str(entry["round"]) for entry in proposal["rounds"] if entry["accepted"]]
