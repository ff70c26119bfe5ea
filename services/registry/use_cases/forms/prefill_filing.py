"""Proposes values for a new filing, as an answer or as a workbook to fill."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.filings.proposal import Proposal, propose
from services.registry.spreadsheets.download import XLSX, Download
from services.registry.spreadsheets.form import form_workbook
from services.registry.storage.filings.figures import accepted_values
from services.registry.use_cases.derived.derive_indicators import derived_for
from services.registry.use_cases.places import cluster_of
from services.registry.use_cases.rounds import round_of
from shared.web.principals import Principal


async def prefill_filing(
    session: AsyncSession, round_code: str, cluster_code: str, *, actor: Principal
) -> Proposal:
    """What was accepted before about the same years, else what follows from the registers."""
    current = await round_of(session, round_code)
    cluster = await cluster_of(session, cluster_code, actor=actor)
    catalogue = current.indicators()
    years = sorted({year for _, year in catalogue.asked_for(current.dates.data_year)})
    return propose(
        current,
        cluster.county_code,
        accepted=await accepted_values(session, cluster_code, years),
        derived=(await derived_for(session, catalogue, [cluster_code], years=years))[cluster_code],
    )


async def filing_form(
    session: AsyncSession, round_code: str, cluster_code: str, *, actor: Principal
) -> Download:
    """The workbook to fill: a row for each figure that the round asks for, with what is known already."""
    proposal = await prefill_filing(session, round_code, cluster_code, actor=actor)
    content = form_workbook(
        proposal.round.indicators(),
        proposal.round.dates.data_year,
        {value.key: value for value in proposal.values},
    )
    return Download(f"{round_code}.{cluster_code}.xlsx", XLSX, content)
