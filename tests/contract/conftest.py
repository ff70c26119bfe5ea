"""See `tests/support/strangers_fixture.py`."""

from tests.support.strangers_fixture import its_services, strangers_ask

__all__ = ["its_services", "strangers_ask"]
