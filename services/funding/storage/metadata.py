"""Funding's own metadata, with a copy of the common tables."""

import sqlalchemy as sa

import shared.clock
import shared.events
import shared.idempotency  # noqa: F401 - the common tables are declared by these imports
from shared.database import service_metadata

METADATA = service_metadata()
MOMENT = sa.DateTime(timezone=True)
