"""Every route of scoring says who may call it: a wrong role gets 403, another division's thing 404, no token 401."""

import re
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.web.principals import Role
from tests.support.people import Person
from tests.support.registry_story import ok, refused
from tests.support.scoring import ScoringStory, Shelf, snapshot_of
from tests.support.services import RunningService, routes_of
from tests.unit.scoring.documents import small

OPEN_TO_ALL = {
    ("GET", "/health/live"),
    ("GET", "/health/ready"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/v1/assessments/{assessment_id}/public-notice"),
    ("GET", "/v1/public-notices"),
}
#: Any role that the issuer knows may call these.
SIGNED_IN = {
    ("GET", "/v1/division-recodes"),
    ("GET", "/v1/scheme-versions"),
    ("GET", "/v1/scheme-versions/{scheme}/{version}"),
    ("POST", "/v1/assessments/{assessment_id}/objections"),
}
HASH = "sha256:" + "0" * 64
BODIES: dict[str, Any] = {
    "/v1/scheme-versions": {"document": {}},
    "/v1/assessments": {"scheme": "s", "scheme_version": "1", "snapshot_sha256": HASH},
    "/v1/assessments/{assessment_id}/withdrawal": {"reason": "x"},
    "/v1/assessments/{assessment_id}/decision": {
        "release_sha256": HASH,
        "document_number": "号1",
        "decided_on": "2024-01-01",
        "minutes": "x",
    },
    "/v1/assessments/{assessment_id}/objections": {
        "unit": "u1",
        "statement": "x",
        "objector_name": "x",
        "objector_contact": "x",
    },
    "/v1/assessments/{assessment_id}/objections/{number}/ruling": {"ruling": "rejected", "reason": "x"},
    "/v1/trial/business-date": {"business_date": "2024-01-01"},
    "/v1/revoked-tokens/{token_id}": {"reason": "x"},
}
EXPERT = Person("expert", (Role.EXPERT,))
ELSEWHERE = "430000"


async def call(
    scoring: RunningService, person: Person | None, method: str, path: str, **names: Any
) -> httpx.Response:
    values = {
        "sha256": HASH,
        "assessment_id": "a-1",
        "number": 1,
        "unit": "u1",
        "scheme": "s",
        "version": "1",
        "token_id": "t",
        "code": "420981",
    }
    address = re.sub(r"{(\w+)}", lambda match: str((values | names)[match[1]]), path)
    async with scoring.as_(person or EXPERT) as client:
        if person is None:
            del client.headers["Authorization"]
        headers = {"Idempotency-Key": f"test-{uuid4()}"}
        return await client.request(method, address, json=BODIES.get(path), headers=headers)


async def test_no_route_but_the_open_ones_answers_without_a_token(scoring: RunningService) -> None:
    for method, path in routes_of(scoring.app):
        answer = await call(scoring, None, method, path)
        assert (answer.status_code == 401) != ((method, path) in OPEN_TO_ALL), (method, path, answer.text)


async def test_a_wrong_role_is_refused_on_every_route_that_has_a_permission(scoring: RunningService) -> None:
    for method, path in routes_of(scoring.app):
        if (method, path) in OPEN_TO_ALL | SIGNED_IN:
            continue
        refused(await call(scoring, EXPERT, method, path), 403, "role-not-permitted")


async def test_another_provinces_thing_does_not_exist_for_anybody_from_elsewhere(
    story: ScoringStory, shelf: Shelf
) -> None:
    await story.publish(small())
    assessment = ok(await story.run(shelf.put(snapshot_of({"u1": {"a": "9", "b": "9", "c": "1"}}))))
    strangers = Person(
        "stranger",
        (Role.PROVINCE_OFFICER, Role.PROVINCE_DECIDER, Role.AUDITOR, Role.COUNTY_PREPARER),
        ELSEWHERE,
    )
    names = {"assessment_id": assessment["id"], "sha256": assessment["current_sha256"]}
    asked = [
        (method, path)
        for method, path in routes_of(story.scoring.app)
        if ("{assessment_id}" in path or "{sha256}" in path) and (method, path) not in OPEN_TO_ALL
    ]
    assert len(asked) >= 11
    for method, path in asked:
        refused(await call(story.scoring, strangers, method, path, **names), 404, "not-found")
    assert ok(await story.get(strangers, "/assessments"))["items"] == []
    now = ok(await story.get(Person("o", (Role.PROVINCE_OFFICER,)), f"/assessments/{assessment['id']}"))
    assert now == assessment


async def test_somebody_elsewhere_cannot_run_an_assessment_of_this_province(
    story: ScoringStory, shelf: Shelf
) -> None:
    await story.publish(small())
    stranger = Person("stranger", (Role.PROVINCE_OFFICER,), ELSEWHERE)
    body = {
        "scheme": "small",
        "scheme_version": "1",
        "snapshot_sha256": shelf.put(snapshot_of({"u1": {"a": "9", "b": "9", "c": "1"}})),
    }
    refused(await story.post(stranger, "/assessments", body), 403, "out-of-scope")


@pytest.mark.parametrize("name", ["a b", "x" * 300, "%00"])
async def test_a_name_that_is_none_is_refused_not_an_accident(scoring: RunningService, name: str) -> None:
    officer = Person("o", (Role.PROVINCE_OFFICER,))
    answer = await call(scoring, officer, "GET", "/v1/assessments/{assessment_id}", assessment_id=name)
    assert answer.status_code in {404, 422}


async def test_drafts_are_of_their_own_province_only(story: ScoringStory, shelf: Shelf) -> None:
    ok(await story.post(Person("o", (Role.PROVINCE_OFFICER,)), "/scheme-versions", {"document": small()}))
    stranger = Person("stranger", (Role.PROVINCE_OFFICER,), ELSEWHERE)
    assert ok(await story.get(stranger, "/scheme-versions"))["items"] == []
    refused(await story.get(stranger, "/scheme-versions/small/1"), 404, "not-found")
    decider = Person("another", (Role.PROVINCE_DECIDER,), ELSEWHERE)
    publication = "/scheme-versions/small/1/publication"
    refused(await story.post(decider, publication), 404, "not-found")
    shelf.owners["elsewhere"] = ELSEWHERE
    same_name = {"document": small() | {"programme": "elsewhere"}}
    refused(await story.post(stranger, "/scheme-versions", same_name), 403, "out-of-scope")
    [listed] = ok(await story.get(Person("a", (Role.AUDITOR,)), "/scheme-versions"))["items"]
    assert listed["state"] == "draft"
    ok(await story.post(Person("d", (Role.PROVINCE_DECIDER,)), publication))
    refused(await story.post(decider, publication), 403, "out-of-scope")


async def test_a_programme_of_ones_own_assesses_no_units_of_another_province(
    story: ScoringStory, shelf: Shelf
) -> None:
    officer = Person("stranger", (Role.PROVINCE_OFFICER,), ELSEWHERE)
    decider = Person("another", (Role.PROVINCE_DECIDER,), ELSEWHERE)
    shelf.owners["elsewhere"] = ELSEWHERE
    theirs = {"document": small() | {"id": "elsewhere"}}
    refused(await story.post(officer, "/scheme-versions", theirs), 403, "out-of-scope")
    document = small() | {"id": "elsewhere", "programme": "elsewhere"}
    ok(await story.post(officer, "/scheme-versions", {"document": document}))
    ok(await story.post(decider, f"/scheme-versions/elsewhere/{document['version']}/publication"))
    body = {
        "scheme": "elsewhere",
        "scheme_version": document["version"],
        "snapshot_sha256": shelf.put(
            snapshot_of({"u1": {"a": "9", "b": "9", "c": "1"}}, programme="elsewhere")
        ),
    }
    refused(await story.post(officer, "/assessments", body), 404, "not-found")
