"""What scoring answers of releases: ranking, a unit's part, changes, robustness."""

from typing import Any, Literal

from pydantic import Field

from services.scoring.api.models.answer import Answer, DecimalText, StoredDocument


class SignedReleaseOut(Answer):
    """The release and what proves it: the signature is a compact JWS over the text of ``sha256``."""

    sha256: str
    assessment: str
    stage: Literal["proposed", "final"]
    signature: str
    key_id: str
    document: StoredDocument = Field(
        description="`county-clusters/release/1`; its canonical bytes have the hash"
    )


class RankingRow(Answer):
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


class UnitResult(RankingRow):
    """A unit's own part of a release with its explanation."""

    release_sha256: str
    contributions: list[dict[str, str]] = Field(
        description="`node` and `amount`; they add up to the score exactly"
    )
    explanation: dict[str, Any] = Field(
        description="figures, normalised values, weights, adjustments, next grade"
    )


class StandingOut(Answer):
    score: str | None
    rank: int | None
    grade: str | None
    proposed_status: str
    removed: str | None


class UnitChangeOut(Answer):
    unit: str
    name: str
    before: StandingOut | None
    after: StandingOut | None


class ReleaseDiff(Answer):
    before_sha256: str
    after_sha256: str
    repeat_notice: bool = Field(
        description="somebody now stands on a list on which the public has not seen them"
    )
    changes: list[UnitChangeOut]


class RobustnessJobOut(Answer):
    release_sha256: str
    state: Literal["queued", "running", "done", "failed"]
    done: int = Field(description="draws computed so far")
    total: int
    problem: str | None
    result: dict[str, Any] | None = Field(
        description="`units` as `clusters score --robustness` prints them, `leave_one_out`, `sobol`, `draws`, `seed`"
    )


class UnitMoveOut(Answer):
    unit: str
    score_before: DecimalText | None
    score_after: DecimalText | None
    rank_before: int | None
    rank_after: int | None
    grade_before: str | None
    grade_after: str | None


class SchemeComparison(Answer):
    release_sha256: str
    before_sha256: str
    after_sha256: str
    moved: list[UnitMoveOut] = Field(description="units whose rank or grade would differ, by code")
