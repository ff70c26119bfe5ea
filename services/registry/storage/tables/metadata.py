"""The metadata that all of the registry's tables share."""

import shared.data.business_clock
import shared.data.division_recodes
import shared.data.events
import shared.data.revoked_tokens
import shared.web.idempotency  # noqa: F401 - the common tables are declared by these imports
from shared.data.database import service_metadata

METADATA = service_metadata()
