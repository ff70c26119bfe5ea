"""The metadata that all of the registry's tables share."""

import shared.clock
import shared.events
import shared.idempotency  # noqa: F401 - the common tables are declared by these imports
from shared.database import service_metadata

METADATA = service_metadata()
