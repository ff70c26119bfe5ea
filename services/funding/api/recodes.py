"""Recodes of divisions, as the registry has them."""

from fastapi import APIRouter, Request

from services.funding.api.dependencies import DivisionCodePath, RecodeKeeper, UpstreamDep
from services.funding.use_cases.recodes.take_over_recode import take_over
from shared.web.common_routes import DivisionRecodeOut
from shared.web.dependencies import DatabaseDep
from shared.web.state import plumbing_of

router = APIRouter(prefix="/division-recodes", tags=["recodes"])


@router.put("/{code}", summary="同步区划变更 · Take over a recode from the registry")
async def put_recode(
    code: DivisionCodePath,
    keeper: RecodeKeeper,
    upstream: UpstreamDep,
    database: DatabaseDep,
    request: Request,
) -> DivisionRecodeOut:
    """From then on the county goes on with its quota, plans and payments under its new code, and those above the new
    code see them. Accounts keep the code that they have: an order may name either, the ledger answers with that one.
    Money of a line goes down the way on which it was awarded. Sent again it changes nothing.
    """
    recode = await take_over(database, upstream.registry, keeper, code)
    plumbing_of(request).recodes.changed()
    return DivisionRecodeOut.model_validate(recode, from_attributes=True)
