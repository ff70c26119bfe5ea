"""Projects that had priority before the system are entered once, confirmed by a second person, and stand apart."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from tests.support import programme
from tests.support.fingerprint import fingerprint
from tests.support.funding import (
    INCENTIVE,
    PROGRAMME,
    WAN,
    BelowFunding,
    FundingStory,
    client_of,
    designations_of,
    key,
)
from tests.support.money import DAYE, TIANMEN, ZENGDU, Desks, city_reviewer
from tests.support.openings import BOND, LISTINGS_HEADING, as_csv, as_xlsx, listed_before, propose_listings
from tests.support.people import (
    AUDITOR,
    FINANCE_MAKER,
    FINANCE_REVIEWER,
    PROVINCE_OFFICER,
    Person,
    county_preparer,
)
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

#: The rules with the instrument are public since 2024-12-25.
TODAY = "2025-01-08"
#: By county, its project in the register.
IN_REGISTER = {ZENGDU: "2401-421303-04-01-100001", DAYE: "2401-420281-04-01-100002", TIANMEN: "T-3"}


def project(county: str, **changed: Any) -> dict[str, Any]:
    return {
        "code": IN_REGISTER[county],
        "name": f"{county} 园区基础设施",
        "county_code": county,
        "cluster": f"{county}-01",
        "unit": "城投公司",
        "investment_fen": 50_000 * WAN,
        **changed,
    }


@pytest.fixture
async def desks(funding: RunningService, below_funding: BelowFunding) -> Desks:
    found = Desks(FundingStory(funding, below_funding))
    await found.to(TODAY)
    ok(await found.story.publish(programme.newest_incentive()))
    for county in IN_REGISTER:
        below_funding.register(project(county))
    return found


async def confirmed(desks: Desks, *rows: list[str], **changed: Any) -> str:
    number = str(ok(await propose_listings(desks, *rows, **changed))["number"])
    ok(await desks.review(number))
    return number


async def before_the_system(desks: Desks, by: Any = AUDITOR) -> list[dict[str, Any]]:
    path = f"/v1/priority-lists/{BOND}?release_sha256={desks.story.release.sha256}"
    shown = ok(await desks.story.get(by, path))
    assert shown["entries"] == []
    found: list[dict[str, Any]] = shown["before_the_system"]
    return found


async def faults(
    desks: Desks, *rows: list[str], code: str = "fund-order-not-possible", **changed: Any
) -> list[tuple[int | None, str, str]]:
    """Row, field and rule of all that is wrong; nothing was changed."""
    before = await fingerprint(desks.story.funding)
    answer = await propose_listings(desks, *rows, **changed)
    problem = refused(answer, answer.status_code, code)
    assert answer.status_code in (409, 422)
    assert await fingerprint(desks.story.funding) == before
    assert all(item["message"] and item["message_en"] for item in problem["errors"])
    return [(item["row"], item["field"], item["rule"]) for item in problem["errors"]]


async def reverse(desks: Desks, number: str, *, by: Person = FINANCE_MAKER) -> Any:
    path = f"/v1/earlier-listings/{number}/reversal"
    return await desks.story.post(by, path, {"reason": "录入有误"})


async def test_a_project_counts_as_listed_once_another_person_confirms_it(desks: Desks) -> None:
    wide = IN_REGISTER[ZENGDU].replace("2401", "２４０１")
    proposed = ok(
        await propose_listings(desks, listed_before(wide, document_number="鄂发改投资[2024] 31 号"))
    )
    assert (proposed["kind"], proposed["appropriation"], proposed["transfer_id"]) == (
        "earlier_listings",
        None,
        None,
    )
    assert await before_the_system(desks) == []
    refused(await desks.review(proposed["number"], by=FINANCE_MAKER), 403, "role-not-permitted")
    ok(await desks.review(proposed["number"]))
    assert await before_the_system(desks) == [
        {
            "project_code": IN_REGISTER[ZENGDU],
            "project": "421303 园区基础设施",
            "county_code": ZENGDU,
            "cluster": f"{ZENGDU}-01",
            "unit": "城投公司",
            "investment_fen": 50_000 * WAN,
            "document_number": "鄂发改投资〔2024〕31号",
            "document_date": "2024-06-01",
            "valid_from": "2024-06-03",
            "valid_to": "2025-06-02",
            "standing": "listed",
            "ended_on": None,
        }
    ]


async def test_whoever_made_it_never_confirms_it(desks: Desks) -> None:
    number = str(ok(await propose_listings(desks, listed_before(IN_REGISTER[ZENGDU])))["number"])
    both = replace(FINANCE_MAKER, roles=(*FINANCE_MAKER.roles, *FINANCE_REVIEWER.roles))
    refused(await desks.review(number, by=both), 403, "maker-cannot-check")
    ok(await desks.review(number, decision="reject"))
    assert await before_the_system(desks) == []
    await confirmed(desks, listed_before(IN_REGISTER[ZENGDU]))


async def test_where_the_rules_say_so_another_unit_confirms_it(desks: Desks) -> None:
    rules = programme.newest_incentive() | {"version": "2025.9"}
    rules["fund_orders"] = {"reviewed_by": "another_unit", "label": "illustrative", "basis": "内部控制"}
    ok(await desks.story.publish(rules))
    number = str(ok(await propose_listings(desks, listed_before(IN_REGISTER[ZENGDU])))["number"])
    problem = refused(await desks.review(number), 403, "maker-cannot-check")
    assert [(entry["field"], entry["rule"]) for entry in problem["errors"]] == [(number, "another-unit")]


async def test_a_workbook_says_the_same_as_a_csv(desks: Desks) -> None:
    rows = [listed_before(IN_REGISTER[county]) for county in (ZENGDU, DAYE)]
    english = ("project_code", "instrument", "document_number", "document_date", "valid_from", "valid_to")
    await confirmed(desks, content=as_xlsx(*rows, heading=english))
    found = await before_the_system(desks)
    assert [entry["project_code"] for entry in found] == [IN_REGISTER[DAYE], IN_REGISTER[ZENGDU]]


async def test_it_passes_for_no_result_of_the_system(desks: Desks) -> None:
    await confirmed(desks, listed_before(IN_REGISTER[ZENGDU]))
    assert ok(await desks.story.get(AUDITOR, "/v1/projects"))["items"] == []
    assert ok(await desks.story.get(AUDITOR, "/v1/ledger/transfers"))["items"] == []
    async with desks.story.funding.database.transaction() as session:
        assert await session.scalar(sa.text("SELECT count(*) FROM priority_result")) == 0


async def test_what_was_entered_is_never_changed(desks: Desks) -> None:
    await confirmed(desks, listed_before(IN_REGISTER[ZENGDU]))
    for statement in ("UPDATE earlier_listing SET valid_to = valid_from", "DELETE FROM earlier_listing"):
        with pytest.raises(DBAPIError):
            async with desks.story.funding.database.transaction() as session:
                await session.execute(sa.text(statement))
    assert len(await before_the_system(desks)) == 1


async def test_it_ends_with_its_cluster_and_expires_with_its_validity(
    desks: Desks, below_funding: BelowFunding
) -> None:
    await confirmed(desks, *(listed_before(IN_REGISTER[county]) for county in (ZENGDU, DAYE, TIANMEN)))
    below_funding.designate(designations_of(desks.story.release, c421303="removed"))

    async def standings() -> dict[str, tuple[str, str | None]]:
        found = await before_the_system(desks)
        return {entry["county_code"]: (entry["standing"], entry["ended_on"]) for entry in found}

    await desks.to("2025-06-02")
    ended = ("ended", "2024-09-20")
    assert await standings() == {ZENGDU: ended, DAYE: ("listed", None), TIANMEN: ("listed", None)}
    await desks.to("2025-06-03")
    assert await standings() == {ZENGDU: ended, DAYE: ("expired", None), TIANMEN: ("expired", None)}


async def test_a_county_or_city_sees_what_lies_in_it(desks: Desks) -> None:
    await confirmed(desks, *(listed_before(IN_REGISTER[county]) for county in (ZENGDU, DAYE, TIANMEN)))

    async def seen(by: Any) -> list[str]:
        return [entry["county_code"] for entry in await before_the_system(desks, by)]

    assert await seen(county_preparer(TIANMEN)) == [TIANMEN]
    assert await seen(city_reviewer("421300")) == [ZENGDU]
    assert await seen(city_reviewer("420100")) == []
    assert len(await seen(PROVINCE_OFFICER)) == 3


async def test_a_project_listed_before_applies_anew(desks: Desks) -> None:
    await confirmed(desks, listed_before(IN_REGISTER[ZENGDU]))
    await apply_here(desks, ZENGDU)
    path = f"/v1/priority-lists/{BOND}?release_sha256={desks.story.release.sha256}"
    shown = ok(await desks.story.get(AUDITOR, path))
    assert [(entry["project_code"], entry["place"]) for entry in shown["entries"]] == [
        (IN_REGISTER[ZENGDU], 1)
    ]
    assert [entry["project_code"] for entry in shown["before_the_system"]] == [IN_REGISTER[ZENGDU]]


async def apply_here(desks: Desks, county: str) -> None:
    """The system's own test, which the project passes."""
    own = {
        "use": "cluster_infrastructure",
        "revenue_cover": "1.35",
        "approvals": [
            {"kind": kind, "document_number": "发改审批〔2024〕12号"}
            for kind in ("project_approval", "land_opinion")
        ],
    }
    ok(await desks.story.post(PROVINCE_OFFICER, "/v1/projects", project(county) | own))
    body = {
        "incentive": INCENTIVE[0],
        "incentive_version": "2024.2",
        "instrument": BOND,
        "release_sha256": desks.story.release.sha256,
        "projects": [IN_REGISTER[county]],
    }
    listed_now = ok(await desks.story.post(PROVINCE_OFFICER, "/v1/priority-applications", body))
    assert [entry["test"] for entry in listed_now["entries"]] == ["passed"]


async def test_a_project_is_listed_once_for_an_instrument(desks: Desks) -> None:
    row = listed_before(IN_REGISTER[ZENGDU])
    number = str(ok(await propose_listings(desks, row))["number"])
    once = [(3, "project_code", "listed-once")]
    assert await faults(desks, listed_before(IN_REGISTER[TIANMEN]), row) == once
    ok(await desks.review(number))
    assert await faults(desks, listed_before(IN_REGISTER[TIANMEN]), row) == once
    await apply_here(desks, DAYE)
    assert await faults(desks, listed_before(IN_REGISTER[DAYE])) == [
        (2, "project_code", "listed-by-the-system")
    ]
    twice = [(2, "project_code", "project-once"), (3, "project_code", "project-once")]
    assert (
        await faults(desks, listed_before(IN_REGISTER[TIANMEN]), listed_before(IN_REGISTER[TIANMEN])) == twice
    )


async def test_two_who_enter_a_project_at_once_enter_it_once(desks: Desks) -> None:
    row = listed_before(IN_REGISTER[ZENGDU])
    answers = await asyncio.gather(*(propose_listings(desks, row) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_what_the_system_listed_meanwhile_is_not_confirmed_as_of_before(desks: Desks) -> None:
    number = str(ok(await propose_listings(desks, listed_before(IN_REGISTER[DAYE])))["number"])
    await apply_here(desks, DAYE)
    asked = ok(await desks.story.get(FINANCE_REVIEWER, f"/v1/fund-orders/{number}/prerequisites"))
    assert [reason["rule"] for reason in asked["reasons"]] == ["listed-by-the-system"]
    before = await fingerprint(desks.story.funding)
    problem = refused(await desks.review(number), 409, "fund-order-not-possible")
    assert [(item["row"], item["rule"]) for item in problem["errors"]] == [(2, "listed-by-the-system")]
    assert await fingerprint(desks.story.funding) == before


async def test_a_mistake_is_reversed_as_a_whole_and_entered_anew(desks: Desks) -> None:
    wrong = listed_before(IN_REGISTER[ZENGDU], valid_to="2035-06-02")
    number = await confirmed(desks, wrong, listed_before(IN_REGISTER[DAYE]))
    backs = [str(ok(await reverse(desks, number))["number"]) for _ in range(2)]
    assert len(await before_the_system(desks)) == 2
    refused(await desks.review(backs[0], by=FINANCE_MAKER), 403, "role-not-permitted")
    problem = refused(await desks.review(*backs), 409, "fund-order-not-possible")
    assert [item["rule"] for item in problem["errors"]] == ["listings-reversed-once"]
    ok(await desks.review(backs[0]))
    assert await before_the_system(desks) == []
    problem = refused(await reverse(desks, number), 409, "fund-order-not-possible")
    assert [item["rule"] for item in problem["errors"]] == ["listings-reversed-once"]
    await confirmed(desks, listed_before(IN_REGISTER[ZENGDU]))
    assert [entry["valid_to"] for entry in await before_the_system(desks)] == ["2025-06-02"]


async def test_only_what_was_confirmed_is_reversed(desks: Desks) -> None:
    number = str(ok(await propose_listings(desks, listed_before(IN_REGISTER[ZENGDU])))["number"])
    refused(await reverse(desks, number), 404, "not-found")
    refused(await reverse(desks, "2025-420000-9999"), 404, "not-found")


async def test_what_one_desk_entered_another_does_not_reverse(desks: Desks) -> None:
    number = await confirmed(desks, listed_before(IN_REGISTER[ZENGDU]))
    neighbour = Person("city-maker", FINANCE_MAKER.roles, "421300", "随州市财政局")
    refused(await reverse(desks, number, by=neighbour), 404, "not-found")
    ok(await reverse(desks, number))


async def test_every_wrong_cell_is_told_with_row_column_and_rule(
    desks: Desks, below_funding: BelowFunding
) -> None:
    below_funding.register(project(ZENGDU, code="free", investment_fen=0))
    below_funding.projects["elsewhere"] = project(ZENGDU, code="elsewhere") | {
        "division_path": ["510000", "510100", "510104"]
    }
    rows = [
        listed_before("no such"),
        listed_before("2401-999999-04-01-100009"),
        listed_before("elsewhere"),
        listed_before("free"),
        listed_before(IN_REGISTER[ZENGDU], instrument="", document_number="x", document_date="2024-02-30"),
        listed_before(IN_REGISTER[ZENGDU], valid_from="03.06.2024", valid_to=""),
        [*listed_before(IN_REGISTER[ZENGDU]), "备注"],
    ]
    assert await faults(desks, *rows, code="opening-invalid") == [
        (2, "project_code", "code"),
        (3, "project_code", "known-project"),
        (4, "project_code", "known-project"),
        (5, "project_code", "amount"),
        (6, "instrument", "code"),
        (6, "document_number", "document-number"),
        (6, "document_date", "date"),
        (7, "valid_from", "date"),
        (7, "valid_to", "date"),
        (8, "7", "cell-without-column"),
    ]


async def test_what_only_the_whole_shows_is_told_by_the_order(desks: Desks) -> None:
    rows = [
        listed_before(IN_REGISTER[ZENGDU], instrument="lottery", document_number="第七号"),
        listed_before(
            IN_REGISTER[DAYE], document_date="2025-01-09", valid_from="2025-01-10", valid_to="2026-01-09"
        ),
        listed_before(IN_REGISTER[TIANMEN], valid_from="2024-05-31", valid_to="2024-05-30"),
    ]
    assert await faults(desks, *rows) == [
        (2, "document_number", "document-number-form"),
        (2, "instrument", "known-instrument"),
        (3, "document_date", "date-to-come"),
        (3, "valid_from", "date-to-come"),
        (4, "valid_from", "dates-in-order"),
        (4, "valid_to", "dates-in-order"),
    ]
    unknown = [(None, "programme", "known-programme")]
    assert await faults(desks, listed_before(IN_REGISTER[ZENGDU]), programme="no-such") == unknown


@pytest.mark.parametrize(
    "content",
    [b"", b"\x81\xff", b"PK\x03\x04 no zip", b"a,b\n1,2\n", as_csv(heading=LISTINGS_HEADING)],
    ids=["empty", "no encoding", "no zip", "another heading", "no rows"],
)
async def test_a_file_that_is_none_changes_nothing(desks: Desks, content: bytes) -> None:
    before = await fingerprint(desks.story.funding)
    assert (await propose_listings(desks, content=content)).status_code == 422
    assert await fingerprint(desks.story.funding) == before


async def test_more_rows_than_a_file_may_have_are_refused(desks: Desks) -> None:
    rows = [listed_before(f"p-{number}") for number in range(501)]
    assert (await propose_listings(desks, *rows)).status_code == 422
    assert len(await faults(desks, *rows[:500], code="opening-invalid")) == 100


async def test_listings_come_by_their_own_door_only(desks: Desks) -> None:
    number = await confirmed(desks, listed_before(IN_REGISTER[ZENGDU]))
    order = ok(await desks.story.get(AUDITOR, f"/v1/fund-orders/{number}"))["body"]
    assert (await desks.story.post(FINANCE_MAKER, "/v1/fund-orders", order)).status_code == 422


async def test_sent_again_with_its_key_it_is_entered_once(desks: Desks) -> None:
    maker, command = client_of(desks.story.funding, FINANCE_MAKER), key()
    content = as_csv(listed_before(IN_REGISTER[ZENGDU]), heading=LISTINGS_HEADING)
    first, again = [
        await maker.propose_earlier_listings(content, programme=PROGRAMME, reason="系统启用前", key=command)
        for _ in range(2)
    ]
    assert first == again
    assert [order.number for order in await maker.fund_orders(kind="earlier_listings")] == [first.number]
