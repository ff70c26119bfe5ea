"""Nobody sees another division's money, and a county sees its own awards once they are issued."""

import pytest

from shared.web.principals import Role
from tests.support import programme
from tests.support.funding import BelowFunding, FundingStory
from tests.support.money import city_reviewer
from tests.support.people import (
    AUDITOR,
    FINANCE_MAKER,
    FINANCE_REVIEWER,
    HUBEI,
    PROVINCE_OFFICER,
    Person,
    county_preparer,
)
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

NOTE = {"note": "按规则提出"}
APPROVE = {"decision": "approve", "minutes": "纪要"}
ELSEWHERE = "430000"


@pytest.fixture
async def issued(funding: RunningService, below_funding: BelowFunding) -> FundingStory:
    story = FundingStory(funding, below_funding)
    ok(await story.publish())
    await story.record()
    code = ok(await story.open_round())["code"]
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    for person in (county_preparer("421303"), city_reviewer("421300"), county_preparer(HUBEI)):
        assert ok(await story.get(person, "/v1/awards"))["items"] == []  # not issued yet
    assert len(ok(await story.get(AUDITOR, "/v1/awards"))["items"]) == 11
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", NOTE))
    ok(await story.step(FINANCE_REVIEWER, code, "review", APPROVE))
    ok(await story.step(FINANCE_MAKER, code, "issue"))
    return story


async def test_a_county_sees_its_own_awards_only(issued: FundingStory) -> None:
    shown = ok(await issued.get(county_preparer("421303"), "/v1/awards"))["items"]
    assert [(award["cluster"], award["tier"]) for award in shown] == [("421303-01", "second")]
    assert ok(await issued.get(county_preparer("421321"), "/v1/awards"))["items"] == []  # rank 13: no award
    city = Person("city", (Role.CITY_FINANCE,), "420300", "十堰市财政局")
    shown = ok(await issued.get(city, "/v1/awards"))["items"]
    assert [award["county_code"] for award in shown] == ["420304", "420325"]
    assert len(ok(await issued.get(AUDITOR, "/v1/awards"))["items"]) == 11


async def test_rules_are_published_by_the_division_of_their_programme_alone(
    funding: RunningService, below_funding: BelowFunding
) -> None:
    story = FundingStory(funding, below_funding)
    stranger = Person(PROVINCE_OFFICER.subject, PROVINCE_OFFICER.roles, ELSEWHERE, PROVINCE_OFFICER.unit)
    document = programme.document("incentive")
    refused(await story.post(stranger, "/v1/incentive-rules", {"document": document}), 403, "out-of-scope")
    assert ok(await story.get(AUDITOR, "/v1/incentive-rules"))["versions"] == []
    ok(await story.publish())
    below_funding.programmes["another-programme"] = ELSEWHERE
    same_name = {"document": document | {"programme": "another-programme"}}
    refused(await story.post(stranger, "/v1/incentive-rules", same_name), 403, "out-of-scope")


async def test_awards_come_in_pages(issued: FundingStory) -> None:
    seen, path = [], "/v1/awards?limit=4"
    while path:
        page = ok(await issued.get(AUDITOR, path))
        seen += [award["serial"] for award in page["items"]]
        path = f"/v1/awards?limit=4&cursor={page['next']}" if page["next"] else ""
    assert seen == list(range(1, 12))


async def test_the_books_of_another_division_do_not_exist(issued: FundingStory) -> None:
    elsewhere = {
        person: Person(person.subject, person.roles, ELSEWHERE, person.unit)
        for person in (PROVINCE_OFFICER, FINANCE_MAKER, FINANCE_REVIEWER, AUDITOR)
    }
    officer, maker = elsewhere[PROVINCE_OFFICER], elsewhere[FINANCE_MAKER]
    reviewer, auditor = elsewhere[FINANCE_REVIEWER], elsewhere[AUDITOR]
    code = ok(await issued.get(AUDITOR, "/v1/rounds"))["items"][0]["code"]
    transfer = ok(await issued.get(AUDITOR, "/v1/ledger/transfers"))["items"][0]["id"]
    for path in (
        "appropriations/2024-incentive",
        f"rounds/{code}",
        f"rounds/{code}/allocation",
        "award-lists/2024-001",
        "award-lists/2024-001/document",
        "ledger/accounts/2024-incentive:available/balance",
        "ledger/accounts/2024-incentive:available/statement",
        f"ledger/transfers/{transfer}",
    ):
        refused(await issued.get(auditor, f"/v1/{path}"), 404, "not-found")
        ok(await issued.get(AUDITOR, f"/v1/{path}"))
    for path in ("appropriations", "rounds", "awards", "award-lists", "ledger/accounts", "ledger/transfers"):
        assert ok(await issued.get(auditor, f"/v1/{path}"))["items"] == []
        assert ok(await issued.get(AUDITOR, f"/v1/{path}"))["items"]
    given = issued.list_number("2024-001", "鄂财建发〔2024〕88号", "2024-10-08")
    for person, path, body in (
        (officer, "rounds", issued.round()),
        (officer, f"rounds/{code}/allocation", None),
        (officer, f"rounds/{code}/proposal", NOTE),
        (reviewer, f"rounds/{code}/review", APPROVE),
        (maker, f"rounds/{code}/issue", None),
        (officer, f"rounds/{code}/withdrawal", {"reason": "x"}),
        (maker, "fund-orders", given),
    ):
        refused(await issued.post(person, f"/v1/{path}", body), 404, "not-found")


async def test_a_statement_shows_each_movement_with_its_balance(issued: FundingStory) -> None:
    shown = ok(await issued.get(FINANCE_MAKER, "/v1/ledger/accounts/2024-incentive:reserved/statement"))
    movements = [(line["kind"], line["amount_fen"], line["balance_after_fen"]) for line in shown["items"]]
    pool = 8_000_000_000
    assert movements == [("round.reserved", pool, pool), ("round.issued", -pool, 0)]
    path = "/v1/ledger/accounts/2024-incentive:reserved/balance?effective_at=2024-10-07"
    assert ok(await issued.get(FINANCE_MAKER, path))["balance_fen"] == 0


@pytest.mark.parametrize("path", ["awards", "ledger/transfers", "ledger/accounts"])
@pytest.mark.parametrize("cursor", ["!!", "WyJ4Iiwic3RyIl0", "W10", "W251bGxd"])
async def test_a_broken_cursor_is_refused(issued: FundingStory, path: str, cursor: str) -> None:
    refused(await issued.get(AUDITOR, f"/v1/{path}?cursor={cursor}"), 422, "cursor-invalid")


@pytest.mark.parametrize(
    ("path", "cursor"),
    [("awards", "WzFd"), ("awards", "WyJ4Il0"), ("ledger/transfers", "WyJ4Il0"), ("ledger/accounts", "WzFd")],
)
async def test_a_cursor_of_another_list_is_refused(issued: FundingStory, path: str, cursor: str) -> None:
    refused(await issued.get(AUDITOR, f"/v1/{path}?cursor={cursor}"), 422, "cursor-invalid")
