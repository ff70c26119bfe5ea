"""Funding's own metadata, with a copy of the common tables."""

import sqlalchemy as sa

import shared.data.business_clock
import shared.data.division_recodes
import shared.data.events
import shared.data.revoked_tokens
import shared.web.idempotency  # noqa: F401 - the common tables are declared by these imports
from shared.data.database import service_metadata

METADATA = service_metadata()
MOMENT = sa.DateTime(timezone=True)
