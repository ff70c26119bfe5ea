"""A dry run is the run: the same answer, problems and counts as when all is kept, and nothing is kept."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from tests.support.fingerprint import fingerprint
from tests.support.people import county_preparer
from tests.support.register_story import RegisterStory, csv_text, firm, membership, saved, workbook
from tests.support.registry_story import (
    ROUND,
    TIANMEN,
    RegistryStory,
    load_programme,
    ok,
    plausible_content,
    refused,
    set_business_date,
)
from tests.support.services import RunningService


@pytest.fixture
async def story(registry: RunningService) -> RegistryStory:
    await load_programme(registry)
    return RegistryStory(registry)


@pytest.fixture
async def desk(story: RegistryStory) -> RegisterStory:
    return RegisterStory(story.registry)


class FormStory:
    """The form of a cluster as it is downloaded, sent in either mode."""

    def __init__(self, desk: RegisterStory, cluster: str) -> None:
        self.desk, self.cluster = desk, cluster

    async def send(self, mode: str, *, version: int | None) -> httpx.Response:
        form = await self.desk.get("/v1/applications/form", round=ROUND, cluster=self.cluster)
        upload = ok(await self.desk.upload(form.content, "form.xlsx"))["id"]
        body = {"upload": upload, "round": ROUND, "cluster": self.cluster, "mode": mode, "version": version}
        return await self.desk.post("/v1/applications/imports", body)

    async def both(self, *, version: int | None) -> list[tuple[int, str]]:
        """Status and problem of both; the dry run changes nothing but for its upload."""
        answers = [await self.send(mode, version=version) for mode in ("check", "apply")]
        return [(answer.status_code, answer.json()["type"].rpartition(":")[2]) for answer in answers]


async def kept(registry: RunningService) -> list[Any]:
    """What a run would change, apart from the record of the import itself."""
    async with registry.database.transaction() as session:
        rows = await session.execute(
            sa.text(
                "SELECT (SELECT count(*) FROM register_fact), (SELECT count(*) FROM register_batch), "
                "(SELECT count(*) FROM filing), (SELECT coalesce(sum(version), 0) FROM filing), "
                "(SELECT count(*) FROM event)"
            )
        )
        return list(rows.one())


async def test_a_form_for_an_outdated_version_of_a_recommended_filing_is_stale_in_the_dry_run_too(
    story: RegistryStory, desk: RegisterStory
) -> None:
    cluster = ok(await story.register())["code"]
    filed = await story.prepare(cluster)
    ok(await story.sign_off(filed["code"], filed["content_hash"]))
    ok(await story.recommend(filed["code"]))
    form = FormStory(desk, cluster)
    now = ok(await desk.get(f"/v1/applications/{filed['code']}"))["version"]
    for outdated in (None, now + 1, now + 7):
        assert await form.both(version=outdated) == [(412, "stale")] * 2
    before = await kept(story.registry)
    check, apply = [await form.send(mode, version=now) for mode in ("check", "apply")]
    assert check.status_code == apply.status_code == 409, (check.text, apply.text)
    assert check.json()["type"] == apply.json()["type"]
    assert (await kept(story.registry))[:4] == before[:4]


async def test_a_form_that_may_not_be_kept_may_not_be_checked(
    story: RegistryStory, desk: RegisterStory
) -> None:
    cluster = ok(await story.register())["code"]
    await set_business_date(story.registry, "2024-12-01")
    assert await FormStory(desk, cluster).both(version=None) == [(409, "round-closed")] * 2


async def test_a_dry_run_of_a_form_finds_what_the_run_finds_and_keeps_nothing(
    story: RegistryStory, desk: RegisterStory
) -> None:
    cluster = ok(await story.register())["code"]
    filed = await story.prepare(cluster, plausible_content(park_entry_rate="825"))
    form = FormStory(desk, cluster)
    before = await kept(story.registry)
    checked = ok(await form.send("check", version=1))
    assert (await kept(story.registry))[:4] == before[:4]
    assert ok(await desk.get(f"/v1/applications/{filed['code']}"))["version"] == 1
    applied = ok(await form.send("apply", version=1))
    assert (checked["state"], applied["state"]) == ("checked", "applied")
    for name in ("rows", "errors", "warnings"):
        assert checked[name] == applied[name]
    assert checked["errors"] > 0
    assert await desk.problems(checked) == await desk.problems(applied)
    assert ok(await desk.get(f"/v1/applications/{filed['code']}"))["version"] == 2


FILES: dict[str, Callable[[str], tuple[str, bytes]]] = {
    "new": lambda _: ("enterprises", saved(workbook("enterprises", [firm(1, "甲"), firm(2, "乙")]))),
    "changed and unchanged": lambda _: (
        "enterprises",
        saved(workbook("enterprises", [firm(100, "旧"), firm(101, "改名"), firm(3, "丙")])),
    ),
    "wrong": lambda _: ("enterprises", saved(workbook("enterprises", [firm(1, ""), firm(1, "乙")]))),
    "kept elsewhere": lambda _: ("enterprises", saved(workbook("enterprises", [firm(900, "天门公司")]))),
    "half unreadable": lambda _: (
        "enterprises",
        csv_text("enterprises", [firm(1, "甲")]).encode() + b'"open',
    ),
    "shares": lambda cluster: (
        "cluster-memberships",
        saved(workbook("cluster-memberships", [membership(100, cluster, split="0.5")])),
    ),
}


@pytest.mark.parametrize("name", list(FILES))
async def test_a_dry_run_of_a_register_tells_what_the_run_does_and_keeps_nothing(
    story: RegistryStory, desk: RegisterStory, name: str
) -> None:
    cluster = ok(await story.register())["code"]
    ok(await desk.enter("enterprises", firm(100, "旧"), firm(101, "原名")))
    ok(await desk.enter("enterprises", firm(900, "天门公司"), by=county_preparer(TIANMEN)))
    register, content = FILES[name](cluster)
    file = "f.csv" if not content.startswith(b"PK") else "f.xlsx"
    before = await kept(story.registry)
    checked = await desk.import_(register, content, name=file, mode="check")
    assert (await kept(story.registry))[:4] == before[:4]
    again = await desk.import_(register, content, name=file, mode="check")
    applied = await desk.import_(register, content, name=file)
    for field in ("rows", "errors", "warnings", "added", "changed", "unchanged"):
        assert checked[field] == again[field] == applied[field], field
    assert await desk.problems(checked) == await desk.problems(applied)
    assert (checked["state"], applied["state"]) in {("checked", "applied"), ("refused", "refused")}
    assert checked["batch"] is None


async def test_a_dry_run_meets_what_is_checked_at_the_commit(
    story: RegistryStory, desk: RegisterStory
) -> None:
    """A constraint that waits for the commit would refuse the run."""
    async with story.registry.database.transaction() as session:
        await session.execute(
            sa.text(
                "CREATE FUNCTION planted() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'planted' USING ERRCODE = 'exclusion_violation'; END $$"
            )
        )
        await session.execute(
            sa.text(
                "CREATE CONSTRAINT TRIGGER planted AFTER INSERT ON register_fact DEFERRABLE INITIALLY DEFERRED "
                "FOR EACH ROW EXECUTE FUNCTION planted()"
            )
        )
    content = saved(workbook("enterprises", [firm(1, "甲")]))
    for mode in ("check", "apply"):
        upload = ok(await desk.upload(content, "f.xlsx"))["id"]
        before = await fingerprint(story.registry)
        answer = await desk.post("/v1/registers/enterprises/imports", {"upload": upload, "mode": mode})
        refused(answer, 409, "conflict")
        assert await fingerprint(story.registry) == before
