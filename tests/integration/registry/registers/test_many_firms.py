"""A hundred thousand firms: in by one CSV, found by a part of the name or by initials, out as listed."""

import csv
import io
from typing import Any

from shared.text.credit_code import make_test_code
from tests.support.people import PROVINCE_OFFICER
from tests.support.register_story import RegisterStory, csv_text, firm
from tests.support.registry_story import ZENGDU, load_programme
from tests.support.services import RunningService

MANY = 100_000


async def test_a_firm_is_found_among_a_hundred_thousand_and_the_export_equals_the_list(
    registry: RunningService,
) -> None:
    await load_programme(registry)
    desk = RegisterStory(registry, PROVINCE_OFFICER)
    entries = [firm(n, f"湖北演示企业第{n}有限公司", county_code=ZENGDU) for n in range(MANY)]
    entries[54_321]["name"] = "曾都区楚韵香菇酱合作社"
    found = await desk.import_("enterprises", csv_text("enterprises", entries).encode(), name="many.csv")
    assert (found["state"], found["added"], found["errors"]) == ("applied", MANY, 0)
    for query in ("香菇酱", "楚韵香菇", "cyxgj", "XGJHZS"):
        assert [entry["key"] for entry in await desk.listed("enterprises", search=query)] == [
            make_test_code(54_321)
        ]
    wish: dict[str, Any] = {"search": "第777", "sort": "name"}
    listed = [entry["key"] for entry in await desk.listed("enterprises", limit=1000, **wish)]
    assert len(listed) == 111
    answer = await desk.get("/v1/registers/enterprises/export", format="csv", **wish)
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows[1:]] == listed
