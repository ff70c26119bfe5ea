"""The ledger as a file for an outside program: names of accounts, and what people wrote."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.funding.domain.ledger.beancount import ExportedLine, account_names, beancount_of

DAY = date(2024, 10, 8)


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
