"""Recodes of counties: the list of divisions with one county under another code, and maybe in another city."""

from typing import Any

from tests.support import programme
from tests.support.people import PROVINCE_OFFICER
from tests.support.services import RunningService


def recoded(
    old: str,
    new: str,
    *,
    since: str,
    name: str,
    city: str | None = None,
    listed: list[dict[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """``listed``: the list before, where it is not that of the programme's folder."""
    rows = programme.divisions() if listed is None else listed
    [before] = [row for row in rows if row["code"] == old]
    after = {
        **before,
        "code": new,
        "name": name,
        "parent_code": city or before["parent_code"],
        "valid_from": since,
    }
    retired = {**before, "valid_to": since, "successor_code": new}
    return [*(row for row in rows if row["code"] not in {old, new}), retired, after]


async def load(registry: RunningService, divisions: list[dict[str, Any]]) -> Any:
    async with registry.as_(PROVINCE_OFFICER) as client:
        return await client.put("/v1/divisions", json={"divisions": divisions})
