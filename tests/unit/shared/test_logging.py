"""Where logs go."""

import io

import pytest

from shared.logging import configure_logging, get_logger


def test_a_kept_logger_writes_to_standard_error_as_it_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = io.StringIO(), io.StringIO()
    monkeypatch.setattr("sys.stderr", first)
    configure_logging("registry")
    logger = get_logger()
    logger.info("started")
    first.close()
    monkeypatch.setattr("sys.stderr", second)
    logger.info("stopped")
    assert '"event": "stopped"' in second.getvalue()
