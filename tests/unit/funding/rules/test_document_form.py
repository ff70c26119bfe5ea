"""The form of a document number: the standard one, and a programme's own."""

from copy import deepcopy

import pytest

from services.funding.domain.rules.document_form import STANDARD_FORM, DocumentNumberForm
from tests.unit.funding.reward import HUBEI, found, whole


@pytest.mark.parametrize(
    "number",
    [
        "鄂财建发〔2024〕88号",
        "国办发明电〔2020〕1号",
        "曾发改审批〔2024〕123456号",
        "演示随州市财〔2024〕1号",
    ],
)
def test_a_number_of_the_standard_form_is_one(number: str) -> None:
    assert STANDARD_FORM.fits(number)
    assert STANDARD_FORM.problem(number) is None


@pytest.mark.parametrize(
    "number",
    [
        "88号",
        "鄂财建发88号",
        "鄂财建发〔2024〕088号",
        "鄂财建发〔2024〕第88号",
        "鄂财建发〔2024〕88",
        "鄂财建发〔24〕88号",
        "鄂财建发[2024]88号",
        "〔2024〕88号",
        "鄂财建发〔2024〕88号附件",
        "鄂财建发〔2024〕88\u00b9号",
        "EC〔2024〕88号",
    ],
)
def test_what_has_not_the_form_is_refused_by_naming_it(number: str) -> None:
    problem = STANDARD_FORM.problem(number, at="document_number")
    assert problem is not None
    assert (problem.field, problem.rule) == ("document_number", "document-number-form")
    assert "机关代字〔年份〕序号号" in problem.zh
    assert "鄂财建发〔2024〕88号" in problem.zh
    assert "office〔year〕number号" in problem.en


def test_a_programme_may_have_its_own_form() -> None:
    own = DocumentNumberForm("{office}字〔{year}〕第{number}号", "鄂财字〔2024〕第88号")
    assert own.fits("鄂财字〔2024〕第88号")
    assert not own.fits("鄂财建发〔2024〕88号")
    assert whole(HUBEI).document_numbers == STANDARD_FORM


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"form": "{office}〔{year}〕号"}, ("document_numbers.form", "form-parts")),
        ({"form": "{office}〔{year}〕{number}{number}号"}, ("document_numbers.form", "form-parts")),
        ({"form": "{office}〔{year}〕{number}号{page}"}, ("document_numbers.form", "form-parts")),
        ({"form": "{office}〔{year}〕{number}号{0}"}, ("document_numbers.form", "form-parts")),
        ({"form": "{office}〔{year}〕{number}号{"}, ("document_numbers.form", "form-parts")),
        ({"example": "鄂财建发2024-88"}, ("document_numbers.example", "example-fits-form")),
        ({"pattern": "(a+)+$"}, ("document_numbers", "unknown-key")),
    ],
)
def test_a_form_has_each_part_once_and_an_example_of_it(
    changed: dict[str, str], problem: tuple[str, str]
) -> None:
    rules = deepcopy(HUBEI)
    rules["document_numbers"] |= changed
    assert found(rules) == {problem}
