"""Rounds: opened on a final release, allocated, proposed, reviewed, issued, closed, or withdrawn."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from shared.http.client import ServiceClient, View, given
from shared.http.funding.awards import AwardListView, AwardView

RoundState = Literal[
    "draft",
    "simulated",
    "allocated",
    "proposed",
    "reviewed",
    "issued",
    "passed_down",
    "closed",
    "withdrawn",
]
RoundStep = Literal["allocation", "proposal", "review", "issue", "closing", "withdrawal"]
Decision = Literal["approve", "reject"]


class RoundStepView(View):
    number: int
    action: str
    subject: str
    unit: str
    note: str | None
    business_date: date


class RoundView(View):
    code: str
    programme: str
    assessment_year: int
    fiscal_year: int
    purpose: str
    appropriation: str
    incentive: str
    incentive_version: str
    release_sha256: str
    further_releases: list[str]
    designations_sha256: str
    pool_fen: int
    second_reward_ground: str | None
    state: RoundState


class EarlierRewardView(View):
    """A round, or an opening that entered awards of before the system."""

    round: str | None
    opening: str | None
    fiscal_year: int
    state: RoundState | None
    pool_fen: int


class RoundDetailView(RoundView):
    steps: list[RoundStepView]
    earlier_rewards: list[EarlierRewardView]


class RoundsView(View):
    rounds: list[RoundView]


class AllocationLineView(View):
    unit: str
    amount_fen: int | None
    zh: str
    en: str
    rule: str


class AllocationStepView(View):
    step: str
    rule: str
    numbers: dict[str, int]
    found: dict[str, str]
    lines: list[AllocationLineView]


class AllocationView(View):
    round: str
    state: RoundState
    pool_fen: int
    reserve_fen: int
    awarded_fen: int
    unallocated_fen: int
    unallocated_disposition: Literal["reserve", "return", "carry_over"]
    awards: list[AwardView]
    steps: list[AllocationStepView]


class AgainstView(View):
    """One reason against a step."""

    field: str
    rule: str
    zh: str
    en: str


class PrerequisitesView(View):
    """Whether the step could be taken now by whoever asks, and every reason against it."""

    subject: str
    step: str
    possible: bool
    reasons: list[AgainstView]
    notes: list[AgainstView]


class RoundCalls(ServiceClient):
    async def open_round(
        self,
        *,
        appropriation: str,
        incentive: str,
        incentive_version: str,
        release_sha256: str,
        further_releases: Sequence[str] | None = None,
        pool_fen: int | None = None,
        second_reward_ground: str | None = None,
        key: str,
    ) -> RoundView:
        """Without ``pool_fen`` the pool of the rules; the ground where the same results were rewarded before."""
        body = given(
            appropriation=appropriation,
            incentive=incentive,
            incentive_version=incentive_version,
            release_sha256=release_sha256,
            further_releases=further_releases,
            pool_fen=pool_fen,
            second_reward_ground=second_reward_ground,
        )
        return await self.post("/v1/rounds", RoundView, body, key=key)

    async def round(self, code: str) -> RoundDetailView:
        return await self.get(f"/v1/rounds/{code}", RoundDetailView)

    async def rounds(self) -> list[RoundView]:
        return [row async for row in self.pages("/v1/rounds", RoundView)]

    async def round_prerequisites(self, code: str, *, step: RoundStep) -> PrerequisitesView:
        return await self.get(f"/v1/rounds/{code}/prerequisites", PrerequisitesView, step=step)

    async def allocate(self, round_code: str, *, key: str) -> AllocationView:
        return await self.post(f"/v1/rounds/{round_code}/allocation", AllocationView, None, key=key)

    async def allocation(self, round_code: str) -> AllocationView:
        return await self.get(f"/v1/rounds/{round_code}/allocation", AllocationView)

    async def propose(self, round_code: str, *, note: str, key: str) -> RoundView:
        return await self.post(f"/v1/rounds/{round_code}/proposal", RoundView, {"note": note}, key=key)

    async def review(self, round_code: str, *, decision: Decision, minutes: str, key: str) -> RoundView:
        body = {"decision": decision, "minutes": minutes}
        return await self.post(f"/v1/rounds/{round_code}/review", RoundView, body, key=key)

    async def review_rounds(
        self, rounds: Sequence[str], *, decision: Decision, minutes: str, key: str
    ) -> list[RoundView]:
        """All of them, or none."""
        body = {"rounds": list(rounds), "decision": decision, "minutes": minutes}
        return (await self.post("/v1/round-reviews", RoundsView, body, key=key)).rounds

    async def issue(self, round_code: str, *, key: str) -> AwardListView:
        return await self.post(f"/v1/rounds/{round_code}/issue", AwardListView, None, key=key)

    async def close_round(self, round_code: str, *, note: str, key: str) -> RoundView:
        return await self.post(f"/v1/rounds/{round_code}/closing", RoundView, {"note": note}, key=key)

    async def withdraw(self, round_code: str, *, reason: str, key: str) -> RoundView:
        return await self.post(f"/v1/rounds/{round_code}/withdrawal", RoundView, {"reason": reason}, key=key)
