"""A scheme is read strictly: every wrong thing is named with its path, and all of them at once."""

from collections.abc import Callable
from typing import Any

import pytest

from services.scoring.domain.reading.document import parse_scheme
from services.scoring.domain.scheme.tree import leaves_of
from services.scoring.domain.scheme.weights import effective_weights
from tests.unit.scoring.documents import leaf, programme_document, small

Change = Callable[[dict[str, Any]], object]


def test_the_programmes_scheme_is_valid_and_uses_catalogued_indicators_only() -> None:
    catalogue = {entry["code"] for entry in programme_document("indicators.yaml")["indicators"]}
    scheme, problems = parse_scheme(programme_document("scheme.yaml"), known_indicators=catalogue)
    assert problems == []
    assert scheme is not None
    assert len(scheme.root.children) >= 4
    assert len(leaves_of(scheme.root)) >= 22
    assert sum(effective_weights(scheme.root).values()) == 1


def _group(document: dict[str, Any]) -> Any:
    return document["tree"]["children"][0]


def _bands(document: dict[str, Any]) -> Any:
    return document["grades"]["bands"]


CASES: list[tuple[str, str, Change]] = [
    ("unknown-key", "", lambda d: d.update(colour="red")),
    ("missing-key", "", lambda d: d.pop("rounding")),
    ("choice-expected", "schema", lambda d: d.update(schema="county-clusters/scheme/9")),
    ("choice-expected", "tree.aggregation", lambda d: d["tree"].update(aggregation="best")),
    ("floor-missing", "tree.floor", lambda d: d["tree"].update(aggregation="geometric")),
    ("weights-sum", "tree.children[0].children", lambda d: _group(d)["children"][0].update(weight="0.2999")),
    ("weight-range", "tree.children[0].weight", lambda d: _group(d).update(weight="-0.6")),
    ("decimal-string-expected", "tree.children[0].weight", lambda d: _group(d).update(weight=0.6)),
    ("decimal-string-expected", "tree.children[0].weight", lambda d: _group(d).update(weight="6E-1")),
    ("decimal-string-expected", "tree.children[0].weight", lambda d: _group(d).update(weight="NaN")),
    ("no-children", "tree.children[0].children", lambda d: _group(d).update(children=[])),
    ("duplicate-code", "tree", lambda d: _group(d)["children"][1].update(code="c")),
    ("reserved-code", "tree", lambda d: _group(d)["children"][1].update(code="rounding")),
    (
        "goalposts-order",
        "tree.children[1].normalise",
        lambda d: d["tree"]["children"][1].update(
            normalise={"method": "goalposts", "minimum": "3", "maximum": "3"}
        ),
    ),
    ("one-measure", "tree.children[1].measure", lambda d: d["tree"]["children"][1].update(measure={})),
    ("text-expected", "tree.children[1].zh", lambda d: d["tree"]["children"][1].update(zh="a\x00b")),
    ("text-expected", "title.zh", lambda d: d["title"].update(zh="\ud800")),
    ("clause-missing", "adjustments[1]", lambda d: d["adjustments"][1].pop("clause")),
    ("clause-of-own-rule", "adjustments[0].clause", lambda d: d["adjustments"][0].update(clause="三(五)")),
    ("points-positive", "adjustments[1].points", lambda d: d["adjustments"][1].update(points="-5")),
    ("points-too-large", "adjustments", lambda d: d["adjustments"][2].update(points="9900")),
    (
        "one-condition",
        "adjustments[0].when",
        lambda d: d["adjustments"][0].update(when={"rank": {"at_most": 3}}),
    ),
    ("bands-cover", "grades.bands", lambda d: _bands(d)[0].update(maximum="99")),
    ("band-gap", "grades.bands", lambda d: _bands(d)[1].update(maximum="59.99")),
    ("band-overlap", "grades.bands", lambda d: _bands(d)[1].update(maximum="61")),
    ("band-order", "grades.bands[1]", lambda d: _bands(d)[1].update(minimum="70")),
    ("duplicate-code", "grades", lambda d: _bands(d)[1].update(code="high")),
    (
        "quota-rest",
        "grades.quotas",
        lambda d: d.update(
            grades={
                "label": "illustrative",
                "quotas": [{"code": "x", "zh": "x", "en": "x", "places": 3}],
            }
        ),
    ),
    ("unknown-node", "ties.chain[0].node", lambda d: d["ties"]["chain"][0].update(node="zz")),
    (
        "unknown-grade",
        "proposed_status.assessment[0]",
        lambda d: d["proposed_status"]["assessment"][0].update(when={"grade": {"in": ["highest"]}}),
    ),
    (
        "unknown-adjustment",
        "outcomes.eligible",
        lambda d: d["outcomes"]["eligible"].update(when={"adjusted": ["zz"]}),
    ),
    (
        "outcome-cycle",
        "outcomes.eligible",
        lambda d: d["outcomes"]["eligible"].update(when={"outcome": "developing_well"}),
    ),
    (
        "outcome-cycle",
        "outcomes.developing_well",
        lambda d: d["outcomes"]["developing_well"].update(when={"not": {"outcome": "developing_well"}}),
    ),
    (
        "status-of-kind",
        "proposed_status.application[0].status",
        lambda d: d["proposed_status"]["application"][0].update(status="keep"),
    ),
    (
        "status-rest",
        "proposed_status.application",
        lambda d: d["proposed_status"]["application"].pop(),
    ),
    ("interval-order", "effective", lambda d: d.update(effective={"from": "2025-01-01", "to": "2024-01-01"})),
    ("date-expected", "effective.from", lambda d: d.update(effective={"from": "2024-02-30", "to": None})),
    ("integer-expected", "notice.days", lambda d: d["notice"].update(days=0)),
    (
        "floor-with-policy",
        "missing.floor",
        lambda d: d.update(missing={"policy": "floor", "minimum_share": "0"}),
    ),
    ("integer-expected", "scale", lambda d: d.update(scale=True)),
    (
        "effective-before-document",
        "effective.from",
        lambda d: d.update(document={"number": "鄂政办发〔2024〕27号", "published_on": "2199-01-01"}),
    ),
    (
        "date-expected",
        "document.published_on",
        lambda d: d.update(document={"number": "x", "published_on": 1}),
    ),
]


@pytest.mark.parametrize(
    ("rule", "path", "change"), CASES, ids=[f"{rule} at {path}" for rule, path, _ in CASES]
)
def test_a_broken_rule_is_named_with_its_path(rule: str, path: str, change: Change) -> None:
    document = small()
    change(document)
    scheme, problems = parse_scheme(document)
    assert scheme is None
    assert (rule, path) in {(problem.rule, problem.field) for problem in problems}, problems
    assert all(problem.zh and problem.en for problem in problems)


def test_all_problems_are_reported_at_once() -> None:
    document = small()
    for _, _, change in (CASES[5], CASES[17], CASES[25], CASES[37]):
        change(document)
    _, problems = parse_scheme(document)
    assert {"weights-sum", "clause-missing", "integer-expected"} <= {problem.rule for problem in problems}
    assert len(problems) >= 4


def test_an_indicator_that_the_catalogue_does_not_have_is_refused() -> None:
    scheme, problems = parse_scheme(small(), known_indicators={"a", "b"})
    assert scheme is None
    assert [(problem.rule, problem.en) for problem in problems] == [
        ("unknown-indicator", "unknown indicator c")
    ]


def test_weights_whose_products_need_more_digits_than_the_precision_are_refused() -> None:
    document = small()
    weights = ("0.333333333333333", "0.666666666666667")
    document["tree"]["children"][0]["children"] = [leaf("a", weights[0]), leaf("b", weights[1])]
    _, problems = parse_scheme(document)
    assert {problem.rule for problem in problems} == {"too-many-digits"}


def test_a_tree_fifty_deep_is_refused() -> None:
    document = small()
    node = leaf("deep", "1")
    for level in range(50):
        node = {
            "code": f"n{level}",
            "zh": "n",
            "en": "n",
            "weight": "1",
            "aggregation": "arithmetic",
            "children": [node],
        }
    node["weight"] = "0.4"
    document["tree"]["children"][1] = node
    _, problems = parse_scheme(document)
    assert "too-deep" in {problem.rule for problem in problems}


@pytest.mark.parametrize("document", [None, [], "x", 3, {}, {"tree": {"children": [None, 3]}}])
def test_any_other_document_is_refused_without_an_accident(document: object) -> None:
    scheme, problems = parse_scheme(document)
    assert scheme is None
    assert problems
