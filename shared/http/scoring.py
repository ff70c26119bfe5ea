"""Typed client of scoring."""

from datetime import date
from decimal import Decimal
from typing import Any, Literal

from shared.contracts.release import Release
from shared.http.client import View
from shared.http.recodes import RecodeCalls


class SchemeVersionView(View):
    scheme: str
    version: str
    state: Literal["draft", "published", "retired"]
    sha256: str


class ReleaseReferenceView(View):
    sha256: str
    stage: Literal["proposed", "final"]
    number: int
    supersedes: str | None


class NoticeView(View):
    number: int
    starts_on: date
    ends_on: date
    provisional: bool


class ListedAssessmentView(View):
    """An assessment in the list of all: where it stands, without what its next step waits for."""

    id: str
    programme: str
    assessment_year: int
    kind: Literal["application", "assessment"]
    state: Literal["proposed", "decided", "under_notice", "final", "withdrawn"]


class AssessmentDecisionView(View):
    document_number: str
    decided_on: date


class AssessmentView(View):
    id: str
    programme: str
    assessment_year: int
    data_year: int
    kind: Literal["application", "assessment"]
    state: Literal["proposed", "decided", "under_notice", "final", "withdrawn"]
    current_sha256: str
    final_sha256: str | None
    repeat_notice: bool
    decision: AssessmentDecisionView | None
    notice: NoticeView | None
    open_objections: list[int]
    releases: list[ReleaseReferenceView]


class SignedReleaseView(View):
    """``document`` is decoded JSON; ``release()`` gives it back with its hash checked."""

    sha256: str
    assessment: str
    stage: Literal["proposed", "final"]
    signature: str
    key_id: str
    document: dict[str, Any]

    def release(self) -> Release:
        """The release; refuses a document that does not have the hash it was sent with."""
        content = Release.of(self.document).canonical()
        return Release.parse(content, expected_sha256=self.sha256)


class RankingRowView(View):
    unit: str
    name: str
    county_code: str
    county_name: str
    rank: int | None
    score: str | None
    grade: str | None
    eligible: bool
    developing_well: bool
    proposed_status: str
    removed: str | None


class UnitChangeView(View):
    unit: str
    name: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


class ReleaseDiffView(View):
    before_sha256: str
    after_sha256: str
    repeat_notice: bool
    changes: list[UnitChangeView]


class NoticeListView(View):
    status: str
    units: list[dict[str, str]]


class PublicNoticeView(View):
    assessment: str
    starts_on: date
    ends_on: date
    provisional: bool
    lists: list[NoticeListView]
    removed: list[dict[str, str]]


class ListedNoticeView(View):
    """A notice without its names; ``days_left`` counts today, too."""

    assessment: str
    programme: str
    assessment_year: int
    starts_on: date
    ends_on: date
    provisional: bool
    is_running: bool
    days_left: int


class ObjectionReceiptView(View):
    assessment: str
    number: int
    unit: str


class RulingView(View):
    ruling: Literal["upheld", "rejected"]
    reason: str
    remedy: Literal["correction", "removal"] | None
    release_sha256: str | None


class ObjectionView(View):
    assessment: str
    number: int
    unit: str
    statement: str
    ruling: RulingView | None


class UnitRobustnessView(View):
    """How often a unit had each rank; shares of the draws as decimals, never binary floats."""

    p_rank: dict[str, Decimal]


class RobustnessResultView(View):
    draws: int
    units: dict[str, UnitRobustnessView]


class RobustnessView(View):
    release_sha256: str
    state: Literal["queued", "running", "done", "failed"]
    problem: str | None
    result: RobustnessResultView | None


class ScoringClient(RecodeCalls):
    """Everything that funding and clients ask of scoring."""

    service = "scoring"

    async def draft_scheme(self, document: dict[str, Any], *, key: str) -> SchemeVersionView:
        return await self.post("/v1/scheme-versions", SchemeVersionView, {"document": document}, key=key)

    async def publish_scheme(self, scheme: str, version: str, *, key: str) -> SchemeVersionView:
        path = f"/v1/scheme-versions/{scheme}/{version}/publication"
        return await self.post(path, SchemeVersionView, None, key=key)

    async def scheme_version(self, scheme: str, version: str) -> SchemeVersionView:
        return await self.get(f"/v1/scheme-versions/{scheme}/{version}", SchemeVersionView)

    async def run_assessment(
        self, *, scheme: str, scheme_version: str, snapshot_sha256: str, key: str
    ) -> AssessmentView:
        body = {"scheme": scheme, "scheme_version": scheme_version, "snapshot_sha256": snapshot_sha256}
        return await self.post("/v1/assessments", AssessmentView, body, key=key)

    async def assessments(self) -> list[ListedAssessmentView]:
        """Of the own division, whatever their state."""
        return [row async for row in self.pages("/v1/assessments", ListedAssessmentView)]

    async def assessment(self, assessment: str) -> AssessmentView:
        return await self.get(f"/v1/assessments/{assessment}", AssessmentView)

    async def withdraw_assessment(self, assessment: str, *, reason: str, key: str) -> AssessmentView:
        return await self.post(
            f"/v1/assessments/{assessment}/withdrawal", AssessmentView, {"reason": reason}, key=key
        )

    async def decide(
        self,
        assessment: str,
        *,
        release_sha256: str,
        document_number: str,
        decided_on: date,
        minutes: str,
        key: str,
    ) -> AssessmentView:
        body = {
            "release_sha256": release_sha256,
            "document_number": document_number,
            "decided_on": decided_on.isoformat(),
            "minutes": minutes,
        }
        return await self.post(f"/v1/assessments/{assessment}/decision", AssessmentView, body, key=key)

    async def open_public_notice(self, assessment: str, *, key: str) -> AssessmentView:
        return await self.post(f"/v1/assessments/{assessment}/public-notice", AssessmentView, None, key=key)

    async def public_notices(self, *, programme: str | None = None) -> list[ListedNoticeView]:
        """The one that began last first."""
        path = "/v1/public-notices"
        return [notice async for notice in self.pages(path, ListedNoticeView, programme=programme)]

    async def public_notice(self, assessment: str) -> PublicNoticeView:
        return await self.get(f"/v1/assessments/{assessment}/public-notice", PublicNoticeView)

    async def file_objection(
        self,
        assessment: str,
        *,
        unit: str,
        statement: str,
        objector_name: str,
        objector_contact: str,
        key: str,
    ) -> ObjectionReceiptView:
        body = {
            "unit": unit,
            "statement": statement,
            "objector_name": objector_name,
            "objector_contact": objector_contact,
        }
        return await self.post(
            f"/v1/assessments/{assessment}/objections", ObjectionReceiptView, body, key=key
        )

    async def reject_objection(self, assessment: str, number: int, *, reason: str, key: str) -> ObjectionView:
        return await self._rule(assessment, number, {"ruling": "rejected", "reason": reason}, key=key)

    async def uphold_by_correction(
        self, assessment: str, number: int, *, reason: str, snapshot_sha256: str, key: str
    ) -> ObjectionView:
        """The registry restated a figure: the round is assessed anew on its new snapshot."""
        remedy = {"kind": "correction", "snapshot_sha256": snapshot_sha256}
        body = {"ruling": "upheld", "reason": reason, "remedy": remedy}
        return await self._rule(assessment, number, body, key=key)

    async def _rule(self, assessment: str, number: int, body: dict[str, Any], *, key: str) -> ObjectionView:
        path = f"/v1/assessments/{assessment}/objections/{number}/ruling"
        return await self.post(path, ObjectionView, body, key=key)

    async def objections(self, assessment: str) -> list[ObjectionView]:
        path = f"/v1/assessments/{assessment}/objections"
        return [objection async for objection in self.pages(path, ObjectionView)]

    async def finalise(self, assessment: str, *, key: str) -> AssessmentView:
        return await self.post(f"/v1/assessments/{assessment}/finalisation", AssessmentView, None, key=key)

    async def signed_release(self, sha256: str) -> SignedReleaseView:
        """A release with its signature; whoever relies on it verifies the signature by the keys it trusts."""
        return await self.get(f"/v1/releases/{sha256}", SignedReleaseView)

    async def ranking(self, sha256: str) -> list[RankingRowView]:
        return [row async for row in self.pages(f"/v1/releases/{sha256}/ranking", RankingRowView)]

    async def robustness(self, sha256: str) -> RobustnessView:
        """The analysis of a release; not found where nobody asked for it."""
        return await self.get(f"/v1/releases/{sha256}/robustness", RobustnessView)

    async def release_diff(self, sha256: str) -> ReleaseDiffView:
        return await self.get(f"/v1/releases/{sha256}/diff", ReleaseDiffView)
