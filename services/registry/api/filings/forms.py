"""Forms of filings: prefilled, and imported once they are filled.

These routes stand before those of the filings themselves, so that `form` is not taken for a filing's code.
"""

from typing import Annotated

from fastapi import Query, Response

from services.registry.api.dependencies import CountyPreparer, LimitsDep
from services.registry.api.downloads import attachment
from services.registry.api.filings.kinds import FilingRoutes, Kind
from services.registry.api.models.files import ImportOut
from services.registry.api.models.forms import FormImportIn, ProposalOut
from services.registry.api.paths import QueryCode
from services.registry.use_cases.forms.import_filing import import_filing
from services.registry.use_cases.forms.prefill_filing import filing_form, prefill_filing
from shared.web.dependencies import Session, Today
from shared.web.idempotency import KeyedCommand

routes = FilingRoutes()

RoundCode = Annotated[QueryCode, Query(alias="round")]


@routes.get(
    "/form", name="get_{kind}_form", summary="{zh}表 · Prefilled form as a workbook", response_class=Response
)
async def get_form(
    preparer: CountyPreparer, session: Session, round_code: RoundCode, cluster: QueryCode
) -> Response:
    return attachment(await filing_form(session, round_code, cluster, actor=preparer))


@routes.get("/proposal", name="propose_{kind}", summary="{zh}预填 · Values to start from")
async def get_proposal(
    preparer: CountyPreparer, session: Session, round_code: RoundCode, cluster: QueryCode
) -> ProposalOut:
    """What was accepted before about the same years, else what follows from the registers."""
    return ProposalOut.of(await prefill_filing(session, round_code, cluster, actor=preparer))


@routes.post(
    "/imports", status_code=201, name="import_{kind}", summary="导入{zh}表 · Check or keep a filled form"
)
async def post_import(
    kind: Kind,
    body: FormImportIn,
    preparer: CountyPreparer,
    command: KeyedCommand,
    session: Session,
    today: Today,
    limits: LimitsDep,
) -> ImportOut:
    """`refused` where a cell cannot be read; findings of the rules are listed too and stop the sign-off."""
    return await command.once(
        session,
        ImportOut,
        lambda: import_filing(session, body.form(kind), today=today, actor=preparer, limits=limits),
    )
