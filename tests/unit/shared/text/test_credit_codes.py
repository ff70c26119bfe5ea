"""Unified social credit codes: both check characters, and codes that are made up for tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.text.credit_code import (
    ALPHABET,
    fault_of,
    inner_check,
    is_test_code,
    make_test_code,
    outer_check,
)


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L"])
def test_published_codes_pass_both_checks(code: str) -> None:
    assert fault_of(code) is None
    assert not is_test_code(code)


@given(st.integers(0, 31**6 - 1))
def test_a_made_up_code_passes_and_is_marked(number: int) -> None:
    code = make_test_code(number)
    assert fault_of(code) is None
    assert is_test_code(code)


@given(st.integers(0, 31**6 - 1), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_always_found(number: int, place: int, character: str) -> None:
    code = make_test_code(number)
    changed = code[:place] + character + code[place + 1 :]
    assert (fault_of(changed) is None) == (changed == code)


@given(st.integers(0, 31**6 - 1))
def test_a_code_that_fails_the_inner_check_only_is_found(number: int) -> None:
    body = make_test_code(number)[:16]
    for wrong in set("0123456789X") - {inner_check(body[8:16])}:
        code = body + wrong
        assert fault_of(code + outer_check(code)) == "inner"


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("", "length"),
        ("9" * 17, "length"),
        ("91350100M000100Y4I", "outer"),
        ("9I350100M000100Y43", "characters"),
    ],
)
def test_what_is_wrong_is_named(code: str, fault: str) -> None:
    assert fault_of(code) == fault
