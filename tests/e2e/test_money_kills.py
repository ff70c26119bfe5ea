"""Two hundred kills of funding while eight clients move money: nothing lost, nothing twice."""

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.web.principals import Role
from tests.support.demo import free_port
from tests.support.funding import WAN, BelowFunding, FundingStory
from tests.support.money import DAYE, HANCHUAN, TIANMEN, Desks, county_finance, with_awards
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, Issuer, Person
from tests.support.registry_story import ok
from tests.support.services import RunningService, example_settings

SEED = 20240527
KILLS = 200
CLIENTS = 8
LINE = "line-2024"
COUNTIES = (DAYE, HANCHUAN, TIANMEN)


@dataclass
class Acknowledged:
    """What was answered with success; everything else was sent again until it was."""

    paid_fen: int = 0
    returned_fen: int = 0
    payments: int = 0
    returns: int = 0
    increased_fen: int = 0
    increases: int = 0
    attempts: int = 0
    serials: dict[str, int] = field(default_factory=dict)


@dataclass
class Victim:
    """Funding as a process of its own, started again after each kill."""

    port: int
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "services.funding", "serve", "--port", str(self.port)],
            env={**os.environ, **self.environment},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    async def up(self) -> None:
        async with httpx.AsyncClient() as client:
            while True:
                try:
                    if (await client.get(f"{self.url}/health/ready")).status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                await asyncio.sleep(0.05)


@asynccontextmanager
async def victim_on(url: str, folder: Path, issuer: Issuer, release_jwks: Path) -> AsyncIterator[Victim]:
    token = folder / "upstream.token"
    token.write_text("none", "utf-8")
    settings = example_settings(
        folder,
        issuer,
        url,
        business_date="2024-10-08",
        release_jwks=release_jwks,
        registry_url="http://127.0.0.1:1",
        registry_token_file=token,
        scoring_url="http://127.0.0.1:1",
        scoring_token_file=token,
        pool_size=10,
    )
    victim = Victim(free_port(), {f"FUNDING_{name.upper()}": str(value) for name, value in settings.items()})
    victim.start()
    try:
        await victim.up()
        yield victim
    finally:
        victim.kill()


@pytest.mark.long
async def test_two_hundred_kills_under_load_lose_and_double_nothing(
    funding: RunningService,
    below_funding: BelowFunding,
    funding_url: str,
    issuer: Issuer,
    release_jwks: Path,
    tmp_path: Path,
) -> None:
    desks = Desks(FundingStory(funding, below_funding))
    await with_awards(desks)
    for county in COUNTIES:
        amount = next(a["amount_fen"] for a in desks.awards[LINE] if a["county_code"] == county)
        await desks.pass_down(LINE, {"cluster": f"{county}-01", "to_division": county, "amount_fen": amount})
        await desks.project(county, LINE, "P", amount)
    before = ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))["transfers"]
    available = (await desks.balances(LINE))["available"]
    chance = random.Random(SEED)  # noqa: S311 - a seeded sweep
    done, stop = Acknowledged(), asyncio.Event()
    started = time.monotonic()
    async with victim_on(funding_url, tmp_path, issuer, release_jwks) as victim:
        clients = [
            asyncio.create_task(
                _client(number, victim, issuer, done, stop, random.Random(SEED + number))  # noqa: S311
            )
            for number in range(CLIENTS)
        ]
        for _ in range(KILLS):
            await asyncio.sleep(chance.uniform(0.0, 0.6))
            victim.kill()
            victim.start()
            await victim.up()
        stop.set()
        await asyncio.gather(*clients)
    proof = ok(await desks.story.get(AUDITOR, "/v1/ledger/proof"))
    assert proof["sound"], proof
    assert proof["transfers"] == before + done.payments + done.returns + done.increases
    balances = await desks.balances(LINE)
    assert balances["paid"] == done.paid_fen - done.returned_fen
    assert balances["available"] == available + done.increased_fen
    for county in COUNTIES:
        recorded = await _payments(desks, county)
        expected = {key: fen for key, fen in done.serials.items() if key.startswith(county)}
        assert recorded == expected
    moved = done.payments + done.returns + done.increases
    print(
        f"{KILLS} kills in {time.monotonic() - started:.0f} s, seed {SEED}: {moved} transfers acknowledged in "
        f"{done.attempts} requests of {CLIENTS} clients; each is there once, the ledger is sound"
    )


async def _client(
    number: int,
    victim: Victim,
    issuer: Issuer,
    done: Acknowledged,
    stop: asyncio.Event,
    chance: random.Random,
) -> None:
    """Pays, sends back and increases the line, one command after the other, each until it is acknowledged."""
    count = 0
    while not stop.is_set():
        count += 1
        name = f"CLIENT-{number}-{count}"  # serials are kept in capitals
        if chance.random() < 0.2:
            await _increase(name, 10_000 * (number + 1) + count, victim, issuer, done, chance)
        else:
            await _pay(name, chance.choice(COUNTIES), victim, issuer, done, chance)


async def _pay(
    name: str, county: str, victim: Victim, issuer: Issuer, done: Acknowledged, chance: random.Random
) -> None:
    amount, serial = chance.randint(1, 9) * WAN // 100, f"{county}-{name}"
    payment = {
        "bank_serial": serial,
        "budget_project": "P",
        "requested_fen": amount,
        "actual_fen": amount,
        "paid_on": "2024-10-08",
    }
    file = {"file_number": name, "control_count": 1, "control_total_fen": amount, "payments": [payment]}
    person = county_finance(county)
    await _until_acknowledged(victim, issuer, person, "/v1/treasury-payments", file, f"pay:{name}", done)
    done.payments += 1
    done.paid_fen += amount
    done.serials[serial] = amount
    if chance.random() < 0.5:
        back = {
            "return_serial": f"R-{name}",
            "amount_fen": amount,
            "returned_on": "2024-10-08",
            "reason": "退回",
        }
        path = f"/v1/treasury-payments/{serial}/returns"
        await _until_acknowledged(victim, issuer, person, path, back, f"return:{name}", done)
        done.returns += 1
        done.returned_fen += amount


async def _increase(
    name: str, document: int, victim: Victim, issuer: Issuer, done: Acknowledged, chance: random.Random
) -> None:
    order = {
        "kind": "appropriation_change",
        "appropriation": LINE,
        "document_number": f"鄂财〔2024〕{document}号",
        "document_date": "2024-10-08",
        "reason": "追加",
        "direction": "increase",
        "amount_fen": chance.randint(1, 9),
    }
    path = "/v1/fund-orders"
    made = await _until_acknowledged(victim, issuer, FINANCE_MAKER, path, order, f"order:{name}", done)
    review = {"orders": [made["number"]], "decision": "approve", "minutes": "纪要"}
    reviewer = Person(FINANCE_REVIEWER.subject, (Role.FINANCE_REVIEWER,), unit=FINANCE_REVIEWER.unit)
    path = "/v1/fund-order-reviews"
    await _until_acknowledged(victim, issuer, reviewer, path, review, f"review:{name}", done)
    done.increases += 1
    done.increased_fen += int(str(order["amount_fen"]))


async def _until_acknowledged(
    victim: Victim, issuer: Issuer, person: Person, path: str, body: Any, command: str, done: Acknowledged
) -> dict[str, Any]:
    async with httpx.AsyncClient(base_url=victim.url, timeout=30) as client:
        while True:
            done.attempts += 1
            headers = {
                "Authorization": f"Bearer {issuer.token(person, 'funding')}",
                "Idempotency-Key": command,
            }
            try:
                answer = await client.post(path, json=body, headers=headers)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if answer.status_code == 503:
                await asyncio.sleep(0.05)
                continue
            assert answer.status_code < 300, answer.text
            found: dict[str, Any] = answer.json()
            return found


async def _payments(desks: Desks, county: str) -> dict[str, int]:
    found: dict[str, int] = {}
    path = "/v1/treasury-payments?limit=1000"
    while path:
        page = ok(await desks.story.get(county_finance(county), path))
        found |= {entry["bank_serial"]: entry["actual_fen"] for entry in page["items"]}
        path = f"/v1/treasury-payments?limit=1000&cursor={page['next']}" if page["next"] else ""
    return found
