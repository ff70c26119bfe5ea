"""Random identifiers that sort by time (UUID version 7). Never part of what is hashed."""

from uuid import UUID

import uuid_utils.compat


def new_id() -> UUID:
    return uuid_utils.compat.uuid7()
