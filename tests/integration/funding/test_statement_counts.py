"""No step and no page asks the database more often because there are more clusters."""

from collections.abc import Awaitable
from typing import Any

import httpx
import sqlalchemy as sa

from tests.support.funding import WAN, BelowFunding, FundingStory, designations_of, release_of
from tests.support.money import APPROVE, NOTE, Desks
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, PROVINCE_OFFICER
from tests.support.programme import document
from tests.support.registry_story import ok
from tests.support.services import RunningService
from tests.support.statements import belongs_to_the_request


async def test_statements_do_not_grow_with_the_clusters(
    funding: RunningService, below_funding: BelowFunding
) -> None:
    desks = Desks(FundingStory(funding, below_funding))
    rules = document("incentive")
    rules["reward"]["amounts"]["tiers"][-1]["places"] = 30
    rules["reward"]["pool"]["amount_fen"] = 90_000 * WAN
    ok(await desks.story.publish(rules))
    assert await counts(desks, 2024, clusters=3) == await counts(desks, 2025, clusters=30)


async def counts(desks: Desks, year: int, *, clusters: int) -> dict[str, int]:
    """Statements of each step from the release to quota in the counties, and of the pages that show it."""
    line = f"line-{year}"
    await desks.line(line, year, 90_000 * WAN)
    counties = [(str(420221 + number), "420200", f"第{number}县") for number in range(clusters)]
    release = desks.story.release = release_of(counties, assessment_year=year)
    desks.story.below.put(release)
    desks.story.below.designate(designations_of(release))
    asked: list[str] = []
    found: dict[str, int] = {}

    def note(_c: object, _k: object, statement: str, _p: object, _x: object, _m: object) -> None:
        if belongs_to_the_request(statement):
            asked.append(statement)

    async def count(name: str, answer: Awaitable[httpx.Response]) -> Any:
        asked.clear()
        shown = ok(await answer)
        found[name] = len(asked)
        return shown

    engine = desks.story.funding.database.engine.sync_engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        story = desks.story
        code = (await count("open", story.open_round(appropriation=line)))["code"]
        variants = {"variants": [{"name": "as published"}]}
        await count("simulate", story.step(PROVINCE_OFFICER, code, "simulations", variants))
        await count("allocate", story.step(PROVINCE_OFFICER, code, "allocation"))
        await count("propose", story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
        await count("review", story.step(FINANCE_REVIEWER, code, "review", APPROVE))
        await count("issue", story.step(FINANCE_MAKER, code, "issue"))
        awards = (await count("awards", story.get(AUDITOR, f"/v1/awards?fiscal_year={year}")))["items"]
        assert len(awards) == clusters
        lines = [
            {
                "cluster": award["cluster"],
                "to_division": award["county_code"],
                "amount_fen": award["amount_fen"],
            }
            for award in awards
        ]
        order = desks.order("pass_down", line, deadline="2025-12-31", lines=lines)
        number = (await count("pass down", story.post(FINANCE_MAKER, "/v1/fund-orders", order)))["number"]
        await count("approve", desks.review(number))
        for path in (
            f"/v1/fund-orders?appropriation={line}",
            f"/v1/spending?appropriation={line}",
            f"/v1/ledger/accounts?appropriation={line}",
            "/v1/ledger/transfers",
            f"/v1/ledger/summary?by=cluster&fiscal_year={year}",
        ):
            await count(path.replace(line, "line").replace(str(year), "year"), story.get(AUDITOR, path))
        return found
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
