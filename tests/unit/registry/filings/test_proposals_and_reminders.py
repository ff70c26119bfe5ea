"""What a filing starts from, who is reminded of it, and what changed between its versions."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from services.registry.domain.clusters import Cluster
from services.registry.domain.derived.figures import DerivedValue
from services.registry.domain.filings.content import Content, Waiver
from services.registry.domain.filings.filing import FilingState, Step
from services.registry.domain.filings.history import RecordedStep, changes, content_at
from services.registry.domain.filings.proposal import AcceptedValue, propose
from services.registry.domain.filings.reminders import reminders
from shared.errors import NotFound
from tests.unit.registry.filings.examples import CLUSTER, CONTENT, REVENUE, TAX, filing, round_of, value

FIRMS = ("above_scale_firms", 2023)


def test_an_accepted_value_goes_before_a_derived_one_and_nothing_is_invented() -> None:
    current = round_of("assessment")
    found = propose(
        current,
        "421303",
        accepted=[AcceptedValue(value(REVENUE, "7"), "new"), AcceptedValue(value(REVENUE, "6"), "old")],
        derived={
            REVENUE: DerivedValue(Decimal(8), "registers", "登记簿推算"),
            FIRMS: DerivedValue(Decimal(0), "registers", "登记簿推算"),
            TAX: DerivedValue(Decimal(3), "attested", "省税务局:文号"),
        },
    )
    by_key = {entry.key: entry for entry in found.values}
    assert (by_key[REVENUE].value, by_key[REVENUE].source) == (Decimal(7), "已审核通过 new")
    assert (by_key[FIRMS].state, by_key[FIRMS].provenance) == ("zero", "derived")
    assert (by_key[TAX].state, by_key[TAX].provenance) == ("value", "reported")
    assert by_key.keys().isdisjoint(found.open)
    assert by_key.keys() | set(found.open) == set(current.indicators().asked_for(2023))


def cluster(code: str) -> Cluster:
    return Cluster(
        code, "421303", f"集群{code}", "农产品加工", None, ("13",), in_focus=True, waiver_reason=None
    )


def test_clusters_that_could_file_and_are_not_signed_off_are_reminded() -> None:
    dates = round_of("assessment").dates.model_copy(update={"remind_days_before": (10, 3, 10)})
    clusters = [cluster(CLUSTER), cluster("421303-02"), cluster("421303-03"), cluster("421303-04")]
    filings = [filing(), filing(FilingState.SIGNED_OFF, cluster_code="421303-02", code="R.421303-02")]
    found = reminders(
        dates,
        clusters,
        holders={CLUSTER, "421303-02", "421303-03"},
        filings=filings,
        today=date(2024, 6, 20),
    )
    assert [(entry.cluster, entry.state) for entry in found.outstanding] == [
        (CLUSTER, FilingState.DRAFT),
        ("421303-03", None),
    ]
    assert (found.days_left, found.due_today) == (10, True)
    assert list(found.remind_on) == [date(2024, 6, 20), date(2024, 6, 27)]
    nobody = reminders(dates, [], holders=(), filings=(), today=date(2024, 6, 20))
    assert not nobody.due_today


def step(number: int, content: Content | None) -> RecordedStep:
    moment = datetime(2024, 6, 1, tzinfo=UTC)
    return RecordedStep(
        number, Step.REVISED, "a", "b", "sha256:0", None, (), content, date(2024, 6, 1), moment
    )


def test_versions_differ_by_values_facts_and_waivers() -> None:
    after = Content(
        (value(REVENUE, "1001"),), {"accident": "false"}, (Waiver("range", "tax_paid", 2023, "理由"),)
    )
    steps = [step(1, CONTENT), step(2, None), step(3, after)]
    assert content_at(steps, 2) == CONTENT
    found = changes(content_at(steps, 2), content_at(steps, 3))
    assert [(change.part, change.field, change.data_year) for change in found] == [
        ("fact", "accident", None),
        ("value", "operating_revenue", 2023),
        ("value", "tax_paid", 2023),
        ("waiver", "range.tax_paid", 2023),
    ]
    assert found[1].before is not None
    assert found[1].before["value"] == "1000"
    assert found[2].after is None
    with pytest.raises(NotFound):
        content_at(steps, 4)


def test_a_kept_content_is_read_as_it_was_written() -> None:
    content = Content(
        (value(REVENUE, "10.50"), value(TAX, "0", state="missing", value=None)),
        {"accident": "false"},
        (Waiver("range", "tax_paid", 2023, "理由"),),
    )
    assert Content.of_document(content.as_document()) == content
