"""Bond priority: each project's own test, every reason, and the order of the list."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.funding.domain.priority.list_in_force import check_rules_on
from services.funding.domain.priority.priority_list import in_order
from services.funding.domain.priority.project_test import (
    Approval,
    Project,
    ProjectResult,
    check_project,
    months_after,
)
from services.funding.domain.refusals import NegativeListNotInForce, RulesNotInEffect
from services.funding.domain.rules.incentive import NegativeList
from shared.contracts.designation_set import Designation
from shared.contracts.release import Outcomes, ReleaseUnit
from shared.policy.documents import DocumentNotPublic, SourceDocument
from tests.unit.funding.reward import HUBEI_WITH_BONDS, whole

BOND = whole(HUBEI_WITH_BONDS).instruments[0]
PATH = ("420000", "421300", "421303")
PROJECT = Project(
    code="2409-421303-04-01-100001",
    name="专用车产业园基础设施",
    county_code="421303",
    division_path=PATH,
    cluster="421303-01",
    unit="曾都区城投公司",
    investment_fen=50_000_000_000,
    use="cluster_infrastructure",
    consent_document_number=None,
    revenue_cover=Decimal("1.35"),
    approvals=(
        Approval("project_approval", "曾发改审批〔2024〕12号"),
        Approval("land_opinion", "曾资规〔2024〕3号"),
    ),
    classification=None,
)


def designation(**changed: Any) -> Designation:
    values: dict[str, Any] = {
        "cluster": "421303-01",
        "name": "专用车产业集群",
        "county_code": "421303",
        "county_name": "曾都区",
        "division_path": PATH,
        "status": "designated",
        "level": "provincial",
        "document_number": "鄂发改县域〔2024〕300号",
        "effective_from": date(2024, 9, 20),
        "release_sha256": "sha256:" + "0" * 64,
    }
    return Designation.model_validate(values | changed)


def result(**changed: Any) -> ReleaseUnit:
    values: dict[str, Any] = {
        "unit": "421303-01",
        "name": "专用车产业集群",
        "county_code": "421303",
        "county_name": "曾都区",
        "division_path": PATH,
        "score": "80",
        "rank": 5,
        "grade": "excellent",
        "outcomes": Outcomes(eligible=True, developing_well=True, proposed_status="designate"),
        "removed": None,
        "contributions": (),
    }
    return ReleaseUnit.model_validate(values | changed)


def outcome(project: Project = PROJECT, **given: Any) -> ProjectResult:
    values: dict[str, Any] = {
        "designation": designation(),
        "result": result(),
        "release_sha256": "sha256:" + "0" * 64,
        "listed_on": date(2025, 1, 8),
    }
    return check_project(BOND, project, **values | given)


def test_a_sound_project_is_listed_for_the_validity_of_the_rules() -> None:
    passed = outcome()
    assert (passed.listed, passed.cluster_rank) == (True, 5)
    assert (passed.valid_from, passed.valid_to) == (date(2025, 1, 8), date(2026, 1, 7))


def test_a_general_competitive_project_is_refused_with_the_negative_list() -> None:
    refused = outcome(replace(PROJECT, classification="general_competitive_project"))
    assert [(reason.rule, reason.cited) for reason in refused.reasons] == [
        ("general_competitive_project", "国办发〔2024〕52号 一(一)")
    ]
    assert (refused.valid_from, refused.valid_to) == (None, None)


def test_every_reason_is_given() -> None:
    hopeless = replace(
        PROJECT,
        county_code="421321",
        use="office",
        revenue_cover=Decimal("1.19"),
        approvals=(),
        classification="general_competitive_project",
    )
    refused = outcome(hopeless, designation=designation(status="cultivated"), result=result(rank=None))
    assert [reason.rule for reason in refused.reasons] == [
        "cluster_not_designated",
        "county_of_other_cluster",
        "cluster_not_ranked",
        "use_not_named",
        "general_competitive_project",
        "revenue_cover_too_low",
        "approval_missing",
        "approval_missing",
    ]


@pytest.mark.parametrize("kind", ["affordable_housing", "land_reserve"])
def test_what_the_words_of_a_head_leave_out_is_not_on_the_list(kind: str) -> None:
    assert outcome(replace(PROJECT, classification=kind)).listed
    refused = outcome(replace(PROJECT, classification="real_estate_development"))
    assert [reason.rule for reason in refused.reasons] == ["real_estate_development"]


def test_a_project_is_judged_by_the_list_in_force_on_the_day_of_its_test() -> None:
    """The later list has no general competitive projects: what was refused is listed from its day on."""
    (first,) = BOND.negative_lists
    later = NegativeList(
        SourceDocument("国办发〔2025〕9号", date(2025, 6, 1)),
        tuple(item for item in first.items if item.name.code != "general_competitive_project"),
    )
    bond = replace(BOND, negative_lists=(first, later))
    project = replace(PROJECT, classification="general_competitive_project")

    def rules_broken(day: date) -> list[tuple[str, str]]:
        tested = check_project(
            bond,
            project,
            designation=designation(),
            result=result(),
            release_sha256="sha256:" + "0" * 64,
            listed_on=day,
        )
        return [(reason.rule, reason.cited) for reason in tested.reasons]

    assert rules_broken(date(2025, 5, 31)) == [("general_competitive_project", "国办发〔2024〕52号 一(一)")]
    assert rules_broken(date(2025, 6, 1)) == [("classification_unknown", "国办发〔2025〕9号")]


def test_no_project_is_tested_before_the_list_is_public() -> None:
    rules = replace(whole(HUBEI_WITH_BONDS), effective_from=date(2024, 5, 27))
    for day in (date(2024, 10, 28), date(2024, 12, 24)):
        with pytest.raises(NegativeListNotInForce) as refusal:
            check_rules_on(rules, BOND, [], today=day)
        assert "国办发〔2024〕52号" in refusal.value.zh
        assert "2024-12-25" in refusal.value.en
    assert check_rules_on(rules, BOND, [], today=date(2024, 12, 25)) == BOND.negative_lists[0]


def test_an_instrument_without_any_negative_list_is_tested_without_one() -> None:
    rules, bond = whole(HUBEI_WITH_BONDS), replace(BOND, negative_lists=())
    assert check_rules_on(rules, bond, [], today=date(2025, 1, 8)) is None


def test_no_project_is_tested_by_rules_before_their_own_document_or_outside_of_their_interval() -> None:
    rules = whole(HUBEI_WITH_BONDS)
    late = replace(rules, document=SourceDocument("鄂政办发〔2025〕1号", date(2025, 3, 1)))
    with pytest.raises(DocumentNotPublic):
        check_rules_on(late, BOND, [], today=date(2025, 1, 8))
    with pytest.raises(RulesNotInEffect):
        check_rules_on(rules, BOND, [], today=date(2027, 1, 1))


def test_another_use_needs_written_consent() -> None:
    other = replace(PROJECT, use="other")
    assert [reason.rule for reason in outcome(other).reasons] == ["consent_missing"]
    assert outcome(replace(other, consent_document_number="鄂发改函〔2024〕9号")).listed


def test_a_project_without_cover_or_cluster_or_known_class_is_refused() -> None:
    assert [r.rule for r in outcome(replace(PROJECT, revenue_cover=None)).reasons] == [
        "revenue_cover_missing"
    ]
    assert [r.rule for r in outcome(replace(PROJECT, classification="odd")).reasons] == [
        "classification_unknown"
    ]
    assert [r.rule for r in outcome(designation=None).reasons] == ["cluster_not_designated"]
    assert [r.rule for r in outcome(result=result(removed="取消")).reasons] == ["cluster_not_ranked"]


def test_the_cover_may_be_exactly_the_minimum() -> None:
    assert outcome(replace(PROJECT, revenue_cover=Decimal("1.20"))).listed


def test_the_list_is_ordered_by_rank_then_project_code() -> None:
    assert in_order([(5, "b"), (2, "z"), (5, "a")]) == {"z": 1, "a": 2, "b": 3}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
    ],
)
def test_months_end_within_their_month(day: date, months: int, expected: date) -> None:
    assert months_after(day, months) == expected
