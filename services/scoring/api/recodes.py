"""Recodes of divisions, as the registry has them."""

from fastapi import APIRouter, Request

from services.scoring.api.dependencies import DivisionCodePath, RecodeKeeper, RegistryDep
from services.scoring.use_cases.recodes.take_over_recode import take_over
from shared.web.common_routes import DivisionRecodeOut
from shared.web.dependencies import DatabaseDep
from shared.web.state import plumbing_of

router = APIRouter(prefix="/division-recodes", tags=["recodes"])


@router.put("/{code}", summary="同步区划变更 · Take over a recode from the registry")
async def put_recode(
    code: DivisionCodePath,
    keeper: RecodeKeeper,
    registry: RegistryDep,
    database: DatabaseDep,
    request: Request,
) -> DivisionRecodeOut:
    """From then on the county reads its results of before under its new code, and so do those above that code.
    Releases keep the code that they were signed with. Sent again it changes nothing.
    """
    recode = await take_over(database, registry, keeper, code)
    plumbing_of(request).recodes.changed()
    return DivisionRecodeOut.model_validate(recode, from_attributes=True)
