"""Files in parts: what may be announced, sent, completed and used."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from services.registry.domain.files.imports import state_of
from services.registry.domain.files.kinds import FileIncomplete, FileIsNotWhatItSays, FileTooLarge
from services.registry.domain.files.uploads import (
    Upload,
    UploadComplete,
    check_announced,
    check_part,
    check_ready,
    check_received,
    check_whole,
)
from services.registry.domain.registers.limits import Limits

LIMITS = Limits(4, 1_000, 100, 1_000, 100, 100, 60, 100)
NOW = datetime(2024, 6, 1, tzinfo=UTC)


def upload(**more: Any) -> Upload:
    fields: dict[str, Any] = {
        "id": uuid4(), "file_name": "a.xlsx", "bytes_": 10, "sha256": "sha256:1", "purpose": "import",
        "division": "421303", "uploaded_by": "preparer", **more,
    }  # fmt: skip
    return Upload(**fields)


def test_a_file_is_announced_with_a_size_and_a_name_that_are_accepted() -> None:
    check_announced(upload(), LIMITS)
    with pytest.raises(FileTooLarge):
        check_announced(upload(bytes_=LIMITS.import_bytes + 1), LIMITS)
    with pytest.raises(FileTooLarge):
        check_announced(upload(bytes_=LIMITS.evidence_bytes + 1, purpose="evidence"), LIMITS)
    for name in ("a.exe", "xlsx"):
        with pytest.raises(FileIsNotWhatItSays):
            check_announced(upload(file_name=name), LIMITS)


def test_parts_come_until_the_file_is_complete() -> None:
    check_part(upload(), b"x" * LIMITS.part_bytes, LIMITS)
    for content in (b"", b"x" * (LIMITS.part_bytes + 1)):
        with pytest.raises(FileTooLarge):
            check_part(upload(), content, LIMITS)
    with pytest.raises(UploadComplete):
        check_part(upload(kind="xlsx", completed_at=NOW), b"x", LIMITS)
    check_received(upload(), 10)
    with pytest.raises(FileTooLarge):
        check_received(upload(), 11)


@pytest.mark.parametrize(("size", "sha256"), [(9, "sha256:1"), (10, "sha256:2")])
def test_a_whole_file_is_what_was_announced(size: int, sha256: str) -> None:
    check_whole(upload(), size=10, sha256="sha256:1")
    with pytest.raises(FileIncomplete):
        check_whole(upload(), size=size, sha256=sha256)


def test_a_complete_file_serves_the_purpose_that_it_was_uploaded_for() -> None:
    complete = upload(kind="csv", completed_at=NOW)
    assert check_ready(complete, "import") == "csv"
    with pytest.raises(FileIncomplete):
        check_ready(complete, "evidence")
    with pytest.raises(FileIncomplete):
        check_ready(upload(), "import")


def test_an_import_with_errors_is_refused_in_either_mode() -> None:
    assert state_of("check", refused=True) == state_of("apply", refused=True) == "refused"
    assert (state_of("check", refused=False), state_of("apply", refused=False)) == ("checked", "applied")
