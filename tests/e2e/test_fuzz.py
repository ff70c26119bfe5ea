"""Schemathesis on every operation of the three services, over the demo's data, as three kinds of people.

No 500, no undocumented answer, no accepted invalid input. The short run, part of `make test`, makes one input for each
operation and person; the long one (`make test-long`) makes many, and also walks through every boundary of every field.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shared.web.principals import Role
from tests.e2e.conftest import PlayedYear
from tests.support.postgres import shared_folder

SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
PEOPLE = {
    "province": ((Role.PROVINCE_OFFICER, Role.PROVINCE_DECIDER, Role.PIPELINE), "420000"),
    "county": ((Role.COUNTY_PREPARER, Role.COUNTY_SIGNER, Role.COUNTY_FINANCE), "421303"),
    "finance": ((Role.FINANCE_MAKER, Role.FINANCE_REVIEWER, Role.AUDITOR), "420000"),
}
SEED = 20240527


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("service", ["registry", "scoring", "funding"])
def test_no_input_is_answered_wrongly(played_year: PlayedYear, service: str, who: str) -> None:
    assert fuzz(played_year, service, who, "--phases", "fuzzing", "--max-examples", "1") > 30


@pytest.mark.long
def test_twenty_thousand_inputs_are_answered_rightly(played_year: PlayedYear) -> None:
    started = time.monotonic()
    sent = {
        f"{service} as {who}": fuzz(
            played_year, service, who, "--phases", "examples,coverage,fuzzing", "--max-examples", "20"
        )
        for service in ("registry", "scoring", "funding")
        for who in PEOPLE
    }
    print(f"{sum(sent.values())} requests in {time.monotonic() - started:.0f} s, seed {SEED}: {sent}")
    assert sum(sent.values()) >= 20_000


def fuzz(year: PlayedYear, service: str, who: str, *options: str) -> int:
    """Runs Schemathesis with that person's token; returns how many requests it made."""
    roles, division = PEOPLE[who]
    token = year.issuer.mint(
        subject=f"fuzz-{who}", name=who, roles=roles, division=division, unit=who, audience=[service]
    )
    answer = subprocess.run(
        [
            *(
                str(SCHEMATHESIS),
                "run",
                f"{year.suite.url(service)}/openapi.json",
                "--no-color",
                "--warnings",
                "off",
            ),
            *("--header", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS)),
            *("--seed", str(SEED), "--continue-on-failure", "--no-shrink", *options),
        ],
        cwd=shared_folder(),  # it keeps a cache where it runs
        env={**os.environ, "PYTHONHASHSEED": "0"},  # the seed alone does not decide what it makes up
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout[-6000:]
    generated = re.search(r"(\d+) generated", answer.stdout)
    assert generated is not None, answer.stdout[-2000:]
    return int(generated[1])
