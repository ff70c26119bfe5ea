"""The assessment's lists: decided with minutes, on public notice, objected to, and final. People decide and rule."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from clients.pipeline.domain.reasons import Reason, Waits
from clients.pipeline.stages.contract import Command, Found, Proposal, SendBack, Stage, View
from clients.pipeline.stages.reading import came_to
from shared.documents.canonical import Json
from shared.http.scoring import AssessmentView


async def _assessments(view: View) -> list[AssessmentView]:
    ids = came_to(view, "assess", "assessments").values()
    return [await view.services.scoring.assessment(assessment) for assessment in sorted(ids)]


def _withdrawn(found: Sequence[AssessmentView]) -> list[Reason]:
    return [
        Reason(
            "assessment-withdrawn",
            Waits.MENDING,
            f"评估 {assessment.id} 已撤回，请退回到评估环节重办",
            f"The assessment {assessment.id} was withdrawn: send back to where it is run",
        )
        for assessment in found
        if assessment.state == "withdrawn"
    ]


class Decide(Stage):
    code = "decide"
    mirrors = True

    async def prepare(self, view: View) -> Proposal:
        lists: list[Json] = []
        for assessment in await _assessments(view):
            release = assessment.current_sha256
            ranking = await view.services.scoring.ranking(release)
            counts: Json = dict(Counter(row.proposed_status for row in ranking))
            lists.append({"assessment": assessment.id, "release_sha256": release, "counts": counts})
        return Proposal({"lists": lists})

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:  # noqa: ARG002
        found = await _assessments(view)
        reasons = _withdrawn(found) + [
            Reason(
                "list-undecided",
                Waits.PERSON,
                f"评估 {assessment.id} 的名单尚未审定",
                f"The lists of {assessment.id} are not decided yet",
            )
            for assessment in found
            if assessment.state == "proposed"
        ]
        if reasons:
            return Found(reasons)
        return Found(
            result={
                "releases": {assessment.id: assessment.current_sha256 for assessment in found},
                "document_numbers": {
                    assessment.id: assessment.decision.document_number
                    for assessment in found
                    if assessment.decision is not None
                },
            }
        )


class PublicNotice(Stage):
    """Opens the notice of a decided list. Where a superseding one brings nobody new, the notice that runs stands."""

    code = "public_notice"

    async def prepare(self, view: View) -> Proposal:
        notices: list[Json] = [
            {
                "assessment": assessment.id,
                "release_sha256": assessment.current_sha256,
                "opens": assessment.state == "decided",
            }
            for assessment in await _assessments(view)
        ]
        return Proposal({"notices": notices})

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:
        return [
            Command("scoring", f"/v1/assessments/{entry['assessment']}/public-notice")
            for entry in proposal["notices"]
            if entry["opens"]
        ]

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:  # noqa: ARG002
        found = await _assessments(view)
        reasons = _withdrawn(found) + [
            Reason(
                "no-notice",
                Waits.PERSON,
                f"评估 {assessment.id} 的名单没有在公示",
                f"The lists of {assessment.id} are not on public notice",
            )
            for assessment in found
            if assessment.notice is None or assessment.state == "decided"
        ]
        if reasons:
            return Found(reasons)
        ends = {own.id: own.notice.ends_on.isoformat() for own in found if own.notice is not None}
        return Found(result={"ends_on": ends})


class Objections(Stage):
    """Until the notice is over and each objection has its ruling. A list that superseded the decided one goes back."""

    code = "objections"
    mirrors = True

    async def prepare(self, view: View) -> Proposal:
        return Proposal({"ends_on": dict(came_to(view, "public_notice", "ends_on"))})

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:  # noqa: ARG002
        found = await _assessments(view)
        reasons = _withdrawn(found) + [_open(own, number) for own in found for number in own.open_objections]
        if reasons:
            return Found(reasons)
        decided = came_to(view, "decide", "releases")
        superseded = [own.id for own in found if own.current_sha256 != decided.get(own.id)]
        if superseded:
            zh = f"异议成立，{'、'.join(superseded)} 的名单已更正，须重新审定"
            en = f"An objection was upheld: the corrected lists of {', '.join(superseded)} are decided anew"
            return Found(back=SendBack("decide", zh, en))
        reasons = [reason for own in found for reason in _notice(view, own)]
        return Found(reasons) if reasons else Found(result={"releases": dict(decided)})


def _open(assessment: AssessmentView, number: int) -> Reason:
    zh, en = f"异议 {number} 号尚未处理", f"The objection {number} has no ruling yet"
    return Reason("objection-open", Waits.PERSON, f"{assessment.id}：{zh}", f"{assessment.id}: {en}")


def _notice(view: View, assessment: AssessmentView) -> list[Reason]:
    notice = assessment.notice
    if notice is None or assessment.state == "final":
        return []
    if view.today <= notice.ends_on:
        until = notice.ends_on + timedelta(days=1)
        zh, en = f"公示至 {notice.ends_on}", f"The notice runs until {notice.ends_on}"
        return [Reason("notice-runs", Waits.DATE, zh, en, until=until)]
    if notice.provisional:
        zh = f"公示截止日 {notice.ends_on} 为暂定，须先更新节假日历"
        en = (
            f"The notice's end on {notice.ends_on} is provisional: the holiday calendar must be updated first"
        )
        return [Reason("notice-end-provisional", Waits.MENDING, zh, en)]
    return []


class Finalise(Stage):
    code = "finalise"

    async def prepare(self, view: View) -> Proposal:
        releases = {own.id: own.current_sha256 for own in await _assessments(view)}
        return Proposal({"releases": releases})

    def commands(self, proposal: Mapping[str, Any]) -> Sequence[Command]:
        return [
            Command("scoring", f"/v1/assessments/{assessment}/finalisation")
            for assessment in sorted(proposal["releases"])
        ]

    async def verify(self, view: View, proposal: Mapping[str, Any]) -> Found:  # noqa: ARG002
        found = await _assessments(view)
        final = {own.id: own.final_sha256 for own in found if own.final_sha256 is not None}
        if len(final) == len(found):
            return Found(result={"releases": final})
        return Found([Reason("not-final", Waits.SERVICE, "结果尚未公布", "The results are not final yet")])
