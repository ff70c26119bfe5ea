"""Import of enterprises from CSV against a raw COPY of the finished rows into a table with the same indexes."""

import csv
import hashlib
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx

from services.registry.app import create_app
from services.registry.domain.registers.cells import Cell
from services.registry.domain.registers.declared import REGISTERS
from services.registry.domain.registers.fields import Known
from services.registry.domain.registers.row_checks import Desk, RowChecker
from services.registry.settings import RegistrySettings
from services.registry.storage.registers import staging
from shared.text.credit_code import make_test_code
from tests.benchmarks.harness import Arm, Comparison, PeakMemory, Stopwatch
from tests.support.people import PROVINCE_OFFICER, Issuer
from tests.support.postgres import Server, cloned_database
from tests.support.registry_story import ZENGDU, load_programme
from tests.support.services import RunningService, closing, example_settings

_PLACES = (
    "曾都", "广水", "随县", "天门", "仙桃", "潜江", "大冶", "枝江",
    "宜都", "当阳", "枣阳", "宜城", "老河口", "汉川", "应城", "安陆",
    "麻城", "武穴", "赤壁", "恩施",
)  # fmt: skip
_WORDS = (
    "东风", "长江", "楚天", "江汉", "荆楚", "汉江", "三峡", "神农",
    "华中", "宏图", "远大", "恒信", "鼎盛", "金盾", "瑞丰", "祥云",
    "天成", "博远", "万通", "中兴",
)  # fmt: skip
_TRADES = (
    "专用汽车", "汽车零部件", "食品", "纺织服装", "医药化工", "电子信息", "新材料", "装备制造",
    "建材", "农产品加工", "物流", "香菇", "小龙虾", "磷化工",
)  # fmt: skip
PROGRAMME_DAY = date(2024, 6, 20)
BATCH = str(uuid4())
_COLUMNS = [spec.code for spec in REGISTERS["enterprises"].fields]


def write_csv(path: Path, rows: int) -> None:
    """Firms that nobody has: codes made for tests, names put together."""
    chance = random.Random(27)  # noqa: S311 - figures, not secrets
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([spec.heading for spec in REGISTERS["enterprises"].fields])
        for number in range(rows):
            name = f"{chance.choice(_PLACES)}{chance.choice(_WORDS)}{chance.choice(_WORDS)}{chance.choice(_TRADES)}"
            entry = {
                "credit_code": make_test_code(number), "name": f"{name}有限公司{number}",
                "industry_codes": "3611、3670",
                "established_on": f"20{chance.randrange(24):02d}-0{chance.randrange(1, 10)}-11", "size": "小型",
                "address": f"{chance.choice(_PLACES)}经济开发区{chance.randrange(900)}号", "county_code": ZENGDU,
                "source": "企业自报", "period": "2025", "provenance": "演示生成",
            }  # fmt: skip
            writer.writerow([entry.get(code, "") for code in _COLUMNS])


def write_copy_file(source: Path, target: Path) -> None:
    """The same firms as finished rows in PostgreSQL's text format, which a raw COPY has only to store."""
    known = Known(counties={ZENGDU: "曾都区"}, industries=frozenset({"3611", "3670"}))
    desk = Desk(counties={ZENGDU}, own_county=None, today=PROGRAMME_DAY)
    checker = RowChecker(REGISTERS["enterprises"], _COLUMNS, known=known, desk=desk, report=_no_problem)
    with source.open(encoding="utf-8", newline="") as lines, target.open("w", encoding="utf-8") as out:
        rows: Iterator[list[Cell]] = iter(csv.reader(lines))  # type: ignore[arg-type]
        next(rows)
        for number, cells in enumerate(rows, start=2):
            staged = checker.check(number, cells)
            assert staged is not None
            fields = staging.copy_line(staged).rstrip("\n").split("\t")[1:-1]
            out.write("\t".join(["enterprises", *fields, BATCH, "2024-06-20 00:00:00+00"]) + "\n")


def _no_problem(problem: object) -> None:
    raise AssertionError(problem)


def comparison(server: Server, folder: Path, *, rows: int, rounds: int) -> Comparison:
    source, finished = folder / f"firms-{rows}.csv", folder / f"firms-{rows}.copy"
    write_csv(source, rows)
    write_copy_file(source, finished)

    async def raw_copy() -> dict[str, float]:
        with cloned_database(server, "registry") as url:
            connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
            try:
                await connection.execute("CREATE TABLE raw_copy (LIKE register_fact INCLUDING ALL)")
                columns = ["register", *staging.SHARED, "batch_id", "recorded_at"]
                watch = Stopwatch()
                await connection.copy_to_table("raw_copy", source=finished, columns=columns, format="text")
                seconds = watch.seconds
                assert await connection.fetchval("SELECT count(*) FROM raw_copy") == rows
            finally:
                await connection.close()
        return {"seconds": seconds}

    async def checked_import() -> dict[str, float]:
        with cloned_database(server, "registry") as url:
            async with _registry(url, folder) as registry, registry.as_(PROVINCE_OFFICER) as client:
                client.timeout = httpx.Timeout(3_600)
                watch = Stopwatch()
                upload = await _upload(client, source)
                uploading = watch.seconds
                with PeakMemory() as memory:
                    watch = Stopwatch()
                    answer = await client.post(
                        "/v1/registers/enterprises/imports",
                        json={"upload": upload, "mode": "apply"},
                        headers={"Idempotency-Key": f"bench-{uuid4()}"},
                    )
                    seconds = watch.seconds
                found = answer.json()
                assert (found["state"], found["added"]) == ("applied", rows), found
                return {"seconds": seconds, "upload_seconds": uploading, "memory_grown_mib": memory.grown_mib}

    return Comparison(
        code=f"enterprise-import-{rows}",
        title=f"CSV of {rows:,} enterprises: checked import with history and one event, against raw COPY",
        work=rows,
        unit="rows",
        arms=[Arm("raw COPY", raw_copy), Arm("checked import", checked_import)],
        rounds=rounds,
        target=0.5,
        notes="raw COPY stores rows that were finished beforehand (keys, n-grams, JSON) into a table with the same "
        "indexes and constraints but without triggers; the import reads the CSV from its uploaded parts, checks "
        "every cell, compares the batch as a whole, keeps it with its validity, one batch and one event",
    )


@asynccontextmanager
async def _registry(url: str, folder: Path) -> AsyncIterator[RunningService]:
    issuer = Issuer()
    jwks = folder / "release-jwks.json"
    jwks.write_text('{"keys": []}', "utf-8")
    settings = example_settings(folder, issuer, url, release_jwks=str(jwks))
    async with closing(create_app(RegistrySettings.model_validate(settings))) as app:
        service = RunningService("registry", app, issuer)
        await load_programme(service)
        yield service


def _measure(source: Path) -> tuple[int, str]:
    with source.open("rb") as handle:
        return source.stat().st_size, hashlib.file_digest(handle, "sha256").hexdigest()


async def _upload(client: httpx.AsyncClient, source: Path) -> str:
    size, digest = _measure(source)
    body = {"file_name": source.name, "bytes": size, "sha256": f"sha256:{digest}", "purpose": "import"}
    begun = await client.post("/v1/uploads", json=body, headers={"Idempotency-Key": f"bench-{uuid4()}"})
    upload: str = begun.json()["id"]
    with source.open("rb") as handle:
        number = 0
        while part := handle.read(4 * 1024 * 1024):
            number += 1
            sent = await client.put(f"/v1/uploads/{upload}/parts/{number}", content=part)
            sent.raise_for_status()
    (await client.post(f"/v1/uploads/{upload}/completion")).raise_for_status()
    return upload
