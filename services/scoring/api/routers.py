"""All routes of scoring, and the tags that group them."""

from typing import Any

from fastapi import APIRouter

from services.scoring.api import assessments, notices, objections, recodes, releases, schemes
from services.scoring.api.dependencies import SignerDep
from shared.web.public import PUBLIC

ALL: tuple[APIRouter, ...] = (
    schemes.router,
    assessments.router,
    notices.router,
    objections.router,
    releases.router,
    recodes.router,
)
TAGS: tuple[dict[str, Any], ...] = (
    {"name": "schemes", "description": "评估方案 · scoring schemes as data, versioned"},
    {"name": "assessments", "description": "评估、审定、公示 · assessment, decision, public notice"},
    {"name": "notices", "description": "公示 · what is on public notice, open to all"},
    {"name": "objections", "description": "异议与处理 · objections and rulings"},
    {"name": "releases", "description": "签名结果 · signed, immutable releases"},
    {"name": "keys", "description": "验签公钥 · public keys of the releases"},
)

WELL_KNOWN = APIRouter(prefix="/.well-known", tags=["keys"])


@WELL_KNOWN.get(
    "/jwks.json",
    summary="验签公钥 · Public keys by which releases are signed",
    openapi_extra=PUBLIC,
)
async def get_release_keys(signer: SignerDep) -> dict[str, Any]:
    return signer.key_set
