"""Routes of signed releases."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.scoring.api.dependencies import ReleaseHash, Runner, UnitCode, UnitReader, WholeReader
from services.scoring.api.models.releases import (
    RankingRow,
    ReleaseDiff,
    RobustnessJobOut,
    SchemeComparison,
    SignedReleaseOut,
    UnitResult,
)
from services.scoring.use_cases.releases.analyse_robustness import request_robustness, show_robustness
from services.scoring.use_cases.releases.compare_scheme_versions import compare_scheme_versions
from services.scoring.use_cases.releases.show_releases import (
    show_ranking,
    show_release,
    show_release_diff,
    show_unit_result,
)
from shared.web.dependencies import Session
from shared.web.fields import Code
from shared.web.idempotency import KeyedCommand
from shared.web.pagination import AnswerPage, Page, Paging

router = APIRouter(prefix="/releases/{sha256}", tags=["releases"])


@router.get("", summary="签名结果 · A release with its signature")
async def get_release(session: Session, principal: WholeReader, sha256: ReleaseHash) -> SignedReleaseOut:
    return SignedReleaseOut.model_validate(await show_release(session, principal, sha256))


@router.get(
    "/document",
    summary="结果原文 · The canonical bytes that were hashed",
    response_class=Response,
    responses={200: {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
async def get_release_document(session: Session, principal: WholeReader, sha256: ReleaseHash) -> Response:
    content = (await show_release(session, principal, sha256)).document
    return Response(content, media_type="application/json", headers={"ETag": f'"{sha256}"'})


@router.get("/ranking", summary="排名 · The ranking, page by page")
async def get_ranking(
    session: Session, principal: WholeReader, sha256: ReleaseHash, page: Paging, answer: AnswerPage
) -> Page[RankingRow]:
    return answer.of(RankingRow, await show_ranking(session, principal, sha256, page))


@router.get("/diff", summary="变化 · What changed against the release that this one supersedes")
async def get_release_diff(session: Session, principal: WholeReader, sha256: ReleaseHash) -> ReleaseDiff:
    return ReleaseDiff.model_validate(await show_release_diff(session, principal, sha256))


@router.post("/robustness", status_code=202, summary="稳健性分析 · Ask how certain the ranks are: a job")
async def ask_for_robustness(
    session: Session, principal: Runner, command: KeyedCommand, sha256: ReleaseHash
) -> RobustnessJobOut:
    return await command.once(
        session, RobustnessJobOut, lambda: request_robustness(session, principal, sha256)
    )


@router.get("/robustness", summary="稳健性结果 · The job's progress and its result")
async def get_robustness(session: Session, principal: WholeReader, sha256: ReleaseHash) -> RobustnessJobOut:
    return RobustnessJobOut.model_validate(await show_robustness(session, principal, sha256))


@router.get(
    "/scheme-comparison/{scheme}/{version}",
    summary="方案比较 · Which units another version of the scheme would move",
)
async def compare_schemes(
    session: Session,
    principal: WholeReader,
    sha256: ReleaseHash,
    scheme: Annotated[Code, Path(description="the other scheme's id")],
    version: Annotated[Code, Path(description="the other scheme's version")],
) -> SchemeComparison:
    moves = await compare_scheme_versions(session, principal, sha256, scheme=scheme, version=version)
    return SchemeComparison.model_validate(moves)


@router.get("/units/{unit}", summary="本集群结果与说明 · A unit's own part with its explanation")
async def get_unit_result(
    session: Session, principal: UnitReader, sha256: ReleaseHash, unit: UnitCode
) -> UnitResult:
    return UnitResult.model_validate(await show_unit_result(session, principal, sha256, unit))
