"""A release replayed from its inputs: the same bytes in another process, with other threads."""

from pathlib import Path
from typing import Any

import pytest

from services.scoring.domain.reading.stored import SchemeDocument
from services.scoring.use_cases.assessments.assess_snapshot import assess_snapshot
from shared.contracts.snapshot import Snapshot
from shared.documents.canonical import canonical_bytes, sha256_of
from tests.support.replay import replayed
from tests.support.scoring import snapshot_of
from tests.unit.scoring.documents import FULL_SNAPSHOT, FULL_VALUES, full, small

VALUES: dict[str, dict[str, str | None]] = {
    "u1": {"a": "9.1", "b": "9", "c": "1"},
    "u2": {"a": "8", "b": "8.3333", "c": None},
    "u3": {"a": "7", "b": "8.5", "c": "5"},
}
CASES = {
    "fixed goalposts": (small(), snapshot_of(VALUES)),
    "every step": (full(), snapshot_of(FULL_VALUES, **FULL_SNAPSHOT)),
}


@pytest.mark.parametrize(("document", "snapshot"), CASES.values(), ids=CASES)
async def test_a_release_its_explanation_and_robustness_are_the_same_bytes_elsewhere(
    tmp_path: Path, document: dict[str, Any], snapshot: Snapshot
) -> None:
    scheme = canonical_bytes(document)
    here = (await assess_snapshot(SchemeDocument(scheme, sha256_of(scheme)), snapshot)).release
    assert all(unit.score for unit in here.units)
    answers = {await replayed(tmp_path, scheme, snapshot.canonical(), threads=threads) for threads in (1, 7)}
    assert len(answers) == 1
    assert answers.pop()[0] == here.canonical()


async def test_an_explanation_has_goalposts_only_where_the_method_has_any() -> None:
    scheme = canonical_bytes(full())
    snapshot = snapshot_of(FULL_VALUES, **FULL_SNAPSHOT)
    proposal = await assess_snapshot(SchemeDocument(scheme, sha256_of(scheme)), snapshot)
    shown = {
        row["node"]: (row["normalisation"], row["minimum"], row["maximum"])
        for row in proposal.explanations["u1"]["indicators"]
    }
    assert shown == {
        "a": ("goalposts", "1", "1000"),
        "b": ("normal_score", None, None),
        "c": ("z_score", None, None),
        "r": ("percentile_rank", None, None),
    }
