"""The pure parts of what follows the awards: levels of passing down, names of accounts, lists of payments."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding.domain.ledger.beancount import ExportedLine, account_names, beancount_of
from services.funding.domain.orders.quota_path import is_district, next_division
from services.funding.domain.orders.review_levels import ReviewLevels
from services.funding.domain.payments.reconciliation import Paid, differences_between, read_payments
from services.funding.domain.refusals import PaymentFileInvalid
from services.funding.domain.rules.uses import use_problem
from services.funding.domain.rules.vocabulary import Named, Use
from shared.errors import Item
from shared.policy.source import Label, Source
from shared.text.money import MAX_FEN
from tests.support import programme

DAY = date(2024, 10, 8)
OFFICIAL = Source(Label.OFFICIAL, "27号 三(二)", None)
USES = (
    Use(Named("brand_promotion", "品牌推广", "Brand promotion", OFFICIAL), needs_consent=False),
    Use(Named("other", "其他", "Other", OFFICIAL), needs_consent=True),
)


@pytest.mark.parametrize(
    ("path", "from_division", "to"),
    [
        (("420000", "420200", "420281"), "420000", "420281"),  # 大冶 is a county-level city
        (("420000", "421300", "421321"), "420000", "421321"),  # 随县 is a county
        (("420000", "421300", "421303"), "420000", "421300"),  # 曾都 is a district
        (("420000", "421300", "421303"), "421300", "421303"),
        (("420000", "422800", "422802"), "420000", "422802"),  # 利川 is a city of an autonomous prefecture
        (("420000", "429006"), "420000", "429006"),  # 天门 has no city above it
        (("420000", "429006"), "429006", None),
        (("420000", "420200", "420281"), "430000", None),
    ],
)
def test_quota_goes_to_the_county_and_through_the_city_to_a_district(
    path: tuple[str, ...], from_division: str, to: str | None
) -> None:
    assert next_division(path, from_division) == to


def test_districts_of_cities_are_told_by_their_codes_in_the_whole_province() -> None:
    """Not 恩施 and 利川 (the cities of an autonomous prefecture are numbered from 01 on), not 仙桃, 潜江, 天门."""
    counties = [row for row in programme.divisions() if row["level"] == "county"]
    assert len(counties) > 100
    for row in counties:
        assert is_district(row["code"]) is (row["kind"] == "district"), row["name"]


def test_a_second_review_is_needed_from_the_amount_on() -> None:
    assert [ReviewLevels(100).reviews_needed(amount) for amount in (99, 100)] == [1, 2]
    assert ReviewLevels(None).reviews_needed(2**52) == 1


def test_other_uses_need_consent_and_unknown_ones_are_refused() -> None:
    assert use_problem("brand_promotion", USES, consent=None) is None
    assert use_problem("other", USES, consent="鄂发改函〔2024〕1号") is None
    found = [use_problem(use, USES, consent=None) for use in ("other", "key_project", "office")]
    assert [item and item.rule for item in found] == ["use-needs-consent", "named-use", "named-use"]
    assert found[-1] == Item(
        "use",
        "named-use",
        "用途须为以下之一: brand_promotion(品牌推广)、other(其他)",
        "the use is one of: brand_promotion (Brand promotion), other (Other)",
    )


def test_a_grant_is_spent_on_its_own_project_and_rules_may_leave_the_use_open() -> None:
    assert use_problem("key_project", None, consent=None, granted=True) is None
    assert use_problem("key_project", USES, consent=None, granted=True) is None
    refused = use_problem("brand_promotion", None, consent=None, granted=True)
    assert refused is not None
    assert refused.en == "the use is one of: key_project (the key project of the grant)"
    assert use_problem("anything", (), consent=None) is None


@given(
    st.sets(st.text("abAB09._-:", min_size=1, max_size=8).filter(lambda code: code.strip(":")), min_size=1)
)
def test_no_two_accounts_get_the_same_name(codes: set[str]) -> None:
    fit = {code for code in codes if all(code.split(":"))}
    names = account_names(dict.fromkeys(fit, "available"))
    assert len(set(names.values())) == len(fit)


def test_the_export_quotes_what_people_wrote() -> None:
    line = ExportedLine("t", "k", 'a "b" \\ c\nd', "key", DAY, "l:available", "available", -1, -1)
    other = ExportedLine("t", "k", "x", "key", DAY, "l:source", "source", 1, 1)
    text = "".join(beancount_of([line, other], title="账"))
    assert '"a \\"b\\" \\\\ c d"' in text
    assert "Assets:L:Available  -0.01 CNY" in text
    assert "2024-10-09 balance Income:L:Source 0.01 CNY" in text


def test_a_list_of_payments_is_read_exactly() -> None:
    content = "bank_serial,amount_yuan,paid_on\nA-1, 0.01 ,2024-10-08\n\nB2,90071992547409.91,2024-10-09\n"
    read = read_payments(content.encode())
    assert [(paid.bank_serial, paid.amount_fen, paid.row) for paid in read] == [
        ("A-1", 1, 2),
        ("B2", MAX_FEN, 4),
    ]


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(PaymentFileInvalid):
        read_payments(b"bank_serial,amount_yuan,paid_on\n" + content)


def test_differences_name_both_sides() -> None:
    file = [Paid("A", 1, DAY, 2), Paid("B", 2, DAY, 3)]
    matched, differences = differences_between(file, {"A": Paid("A", 1, DAY), "C": Paid("C", 3, DAY)})
    assert matched == 1
    assert [(found.bank_serial, found.kind) for found in differences] == [
        ("B", "only_in_file"),
        ("C", "only_here"),
    ]
