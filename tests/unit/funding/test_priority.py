"""Bond priority: each project's own test, every reason, and the order of the list."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.funding.domain.priority.priority_list import in_order
from services.funding.domain.priority.project_test import (
    Approval,
    Project,
    ProjectResult,
    check_project,
    months_after,
)
from shared.contracts.designation_set import Designation
from shared.contracts.release import Outcomes, ReleaseUnit
from tests.unit.funding.reward import HUBEI, whole

BOND = whole(HUBEI).instruments[0]
PATH = ("420000", "421300", "421303")
PROJECT = Project(
    code="2409-421303-04-01-100001",
    name="专用车产业园基础设施",
    county_code="421303",
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
        "listed_on": date(2024, 10, 8),
    }
    return check_project(BOND, project, **values | given)


def test_a_sound_project_is_listed_for_the_validity_of_the_rules() -> None:
    passed = outcome()
    assert (passed.listed, passed.cluster_rank) == (True, 5)
    assert (passed.valid_from, passed.valid_to) == (date(2024, 10, 8), date(2025, 10, 7))


def test_a_general_competitive_project_is_refused_with_the_negative_list() -> None:
    refused = outcome(replace(PROJECT, classification="general_competitive_project"))
    assert [(reason.rule, reason.cited) for reason in refused.reasons] == [
        ("general_competitive_project", "国办发〔2024〕52号")
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
