"""The year's reward money: a round is opened on the final releases, tried, allocated, proposed, and reviewed by people.

Whoever decides a gate here is the maker of what is sent, by funding's own record of the step, and cannot review the
list there. Funding knows no unit of that person: a gate of the proposal therefore has no role that reviews.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.stages.contract import Command, Found, Proposal, SendBack, Stage, View
from clients.pipeline.stages.reading import came_to, given, given_text, given_version, unless_missing
from shared.documents.canonical import Json
from shared.http.funding.rounds import RoundDetailView, RoundView
from shared.web.principals import FOR, Role

_TRIED: Final = ("draft", "simulated")
_MAKING: Final = ("opened", "allocated", "proposed")


async def round_of(view: View) -> RoundDetailView:
    found: RoundDetailView = await view.services.funding.round(came_to(view, "open_round", "round"))
    return found


def withdrawn(code: str) -> Found:
    zh = f"分配轮次 {code} 已撤回，请退回到开启分配轮次环节重办"
    en = f"The round {code} was withdrawn: send back to where it is opened"
    return Found([Reason("round-withdrawn", Waits.MENDING, zh, en)])


class OpenRound(Stage):
    """``with``: ``appropriation``, ``incentive`` by id and version; ``second_reward_ground`` where it takes one."""

    code = "open_round"

    async def conditions(self, view: View) -> list[Reason]:
        code = given_text(view, "appropriation")
        line = await unless_missing(view.services.funding.appropriation(code))
        if line is None:
            zh, en = (
                f"预算安排 {code} 尚未登记并审核",
                f"The appropriation {code} is not recorded and approved yet",
            )
            return [Reason("appropriation-missing", Waits.PERSON, zh, en)]
        if line.budget_approved_on is None:
            zh, en = (
                f"预算安排 {code} 的预算尚未批准",
                f"The budget of the appropriation {code} is not approved yet",
            )
            return [Reason("budget-not-approved", Waits.PERSON, zh, en)]
        return []

    async def prepare(self, view: View) -> Proposal:
        incentive, version = given_version(view, "incentive")
        first, *further = sorted(came_to(view, "finalise", "releases").values())
        order: dict[str, Json] = {
            "appropriation": given_text(view, "appropriation"),
            "incentive": incentive,
            "incentive_version": version,
            "release_sha256": first,
            "further_releases": further,
        }
        ground = given(view, "second_reward_ground")
        return Proposal(order if ground is None else order | {"second_reward_ground": ground})

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:
        return [Command("funding", "/v1/rounds", dict(proposal))]

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        for found in await view.services.funding.rounds():
            if found.state != "withdrawn" and _rests_on(found, proposal):
                return Found(result={"round": found.code, "pool_fen": found.pool_fen})
        return Found(
            [Reason("round-not-open", Waits.SERVICE, "分配轮次尚未开启", "The round is not open yet")]
        )


def _rests_on(found: RoundView, order: Mapping[str, Any]) -> bool:
    releases = {order["release_sha256"], *order["further_releases"]}
    names = ("appropriation", "incentive", "incentive_version")
    return {found.release_sha256, *found.further_releases} == releases and all(
        getattr(found, name) == order[name] for name in names
    )


class Simulate(Stage):
    """``with``: ``variants`` of rules and budgets, as funding takes them; else the round's own. Nothing is held."""

    code = "simulate"

    async def prepare(self, view: View) -> Proposal:
        found = await round_of(view)
        return Proposal(
            {
                "round": found.code,
                "tries": found.state in _TRIED,
                "note": f"{view.plan.assessment_year}年度流程第{view.turn}次测算",
                "variants": given(view, "variants") or [{"name": "现行规则"}],
            }
        )

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:
        if not proposal["tries"]:
            return []
        body = {"note": proposal["note"], "variants": proposal["variants"]}
        return [Command("funding", f"/v1/rounds/{proposal['round']}/simulations", body)]

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        if not proposal["tries"]:  # it was allocated before: what is tried now would say nothing of it
            return Found(result={"variants": []})
        funding, code = view.services.funding, proposal["round"]
        for listed in await funding.simulations(code):
            if listed.note == proposal["note"]:
                tried = (await funding.simulation(code, listed.number)).variants
                return Found(
                    result={"number": listed.number, "variants": [one.model_dump() for one in tried]}
                )
        return Found([Reason("not-simulated", Waits.SERVICE, "尚未测算", "Nothing is simulated yet")])


class Allocate(Stage):
    """The pool is held from here on."""

    code = "allocate"

    async def conditions(self, view: View) -> list[Reason]:
        found = await round_of(view)
        if found.state not in _TRIED:
            return []
        against = await view.services.funding.round_prerequisites(found.code, step="allocation")
        return [Reason(own.rule, Waits.MENDING, own.zh, own.en) for own in against.reasons]

    async def prepare(self, view: View) -> Proposal:
        found = await round_of(view)
        return Proposal({"round": found.code, "pool_fen": found.pool_fen, "allocates": found.state in _TRIED})

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:
        path = f"/v1/rounds/{proposal['round']}/allocation"
        return [Command("funding", path)] if proposal["allocates"] else []

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        found = await round_of(view)
        if found.state == "withdrawn":
            return withdrawn(found.code)
        if found.state in _TRIED:
            return Found(
                [Reason("not-allocated", Waits.SERVICE, "尚未分配", "The round is not allocated yet")]
            )
        return Found(result=await _allocated(view, proposal["round"]))


async def _allocated(view: View, code: str) -> dict[str, Json]:
    made = await view.services.funding.allocation(code)
    return {
        "pool_fen": made.pool_fen,
        "awarded_fen": made.awarded_fen,
        "unallocated_fen": made.unallocated_fen,
        "awards": [
            {"cluster": own.cluster, "rank": own.rank, "tier": own.tier, "amount_fen": own.amount_fen}
            for own in made.awards
        ],
    }


class ProposeAllocation(Stage):
    """The list that was allocated, beside last year's; after a rejection with the reviewer's reasons."""

    code = "propose_allocation"

    async def conditions(self, view: View) -> list[Reason]:
        if view.stage.gate is None or Role.FINANCE_REVIEWER not in view.stage.gate.roles:
            return []
        zh = "分配方案由财政部门在资金系统审核，不得再由其复核岗位在本环节决定；请修改方案"
        en = "Finance reviews the list at funding, so its reviewers do not decide here, too: change the plan"
        return [Reason("reviewer-decides-before", Waits.MENDING, zh, en)]

    async def prepare(self, view: View) -> Proposal:
        found = await round_of(view)
        made = await _allocated(view, found.code)
        before = {
            row.code: row.last_year_fen
            for row in (await view.services.funding.comparison(found.code)).clusters
        }
        makers = {step.subject for step in found.steps if step.action in _MAKING and FOR not in step.subject}
        return Proposal(
            {
                **made,
                "round": found.code,
                "proposes": found.state == "allocated",
                "note": f"按{view.plan.assessment_year}年度评估结果和激励规则提出",
                "last_year_fen": before,
                "rejected_because": _rejection(found) if found.state == "allocated" else None,
            },
            frozenset(makers),
        )

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:
        path, body = f"/v1/rounds/{proposal['round']}/proposal", {"note": proposal["note"]}
        return [Command("funding", path, body)] if proposal["proposes"] else []

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        found = await round_of(view)
        if found.state == "withdrawn":
            return withdrawn(found.code)
        if found.state in (*_TRIED, "allocated"):
            return Found(
                [Reason("not-proposed", Waits.SERVICE, "分配方案尚未提出", "The list is not proposed yet")]
            )
        return Found(result={"round": proposal["round"], "awarded_fen": proposal["awarded_fen"]})


class Review(Stage):
    """By another person of another unit than made the list. A rejected one is proposed anew."""

    code = "review"
    mirrors = True

    async def prepare(self, view: View) -> Proposal:
        found = await round_of(view)
        return Proposal(
            {"round": found.code, "awarded_fen": view.result("propose_allocation", "awarded_fen")}
        )

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:
        found = await round_of(view)
        if found.state == "withdrawn":
            return withdrawn(found.code)
        if found.state == "proposed":
            zh, en = (
                f"分配轮次 {found.code} 的名单尚未审核",
                f"The list of the round {found.code} is not reviewed yet",
            )
            return Found([Reason("list-not-reviewed", Waits.PERSON, zh, en)])
        if found.state == "allocated":
            because = _rejection(found) or ""
            zh, en = f"审核退回：{because}", f"The review rejected it: {because}"
            return Found(back=SendBack("propose_allocation", zh, en))
        return Found(result={"round": proposal["round"]})


def _rejection(found: RoundDetailView) -> str | None:
    """Why it was rejected, if that was the last that happened to it."""
    last = max(found.steps, key=lambda step: step.number)
    return last.note if last.action == "rejected" else None
