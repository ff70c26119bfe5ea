"""No forged or odd token lets anybody in, at any service, and none makes a service fail."""

import httpx
import pytest

from tests.support.fingerprint import fingerprint
from tests.support.forged_tokens import Forger, bearer, forged
from tests.support.people import PIPELINE
from tests.support.services import RunningService

PATH = "/v1/revoked-tokens/some-token"
BODY = {"reason": "遗失"}


@pytest.fixture(params=["registry", "scoring", "funding", "pipeline"])
def service(request: pytest.FixtureRequest) -> RunningService:
    found: RunningService = request.getfixturevalue(request.param)
    return found


async def test_no_forged_token_passes(service: RunningService) -> None:
    tricks = forged(Forger(service.issuer.key, service.name))
    assert len(tricks) >= 200
    before = await fingerprint(service)
    passed: dict[str, int] = {}
    async with anybody(service) as client:
        for name, headers in tricks.items():
            answer = await client.put(PATH, json=BODY, headers=headers)
            if answer.status_code != 401:
                passed[name] = answer.status_code
    assert passed == {}
    assert await fingerprint(service) == before


async def test_the_same_token_without_a_trick_passes(service: RunningService) -> None:
    """Else the test above would say nothing."""
    forger = Forger(service.issuer.key, service.name)
    fine = [
        forger.good(),
        forger.with_header(alg="EdDSA"),
        forger.with_header(typ="application/at+jwt"),
        forger.with_header(typ="AT+JWT"),
        forger.with_header(x5t="a thumbprint brings no key"),
        forger.with_claims(aud=service.name),
        forger.with_claims(nbf=forger.claims["iat"]),
        forger.with_claims(iat=forger.claims["iat"] - 0.5),
        forger.with_claims(exp=forger.claims["iat"] + 43_200),
        forger.with_claims(iat=forger.claims["iat"] - 700, exp=forger.claims["iat"] - 10),  # clocks differ
        forger.with_claims(roles=["pipeline", "role of another application"]),
        forger.with_claims(department=None),
    ]
    async with anybody(service) as client:
        for token in fine:
            assert (await client.get("/v1/revoked-tokens", headers=bearer(token))).status_code == 200, token
        scheme = [(b"Authorization", f"bearer {forger.good()}".encode())]
        assert (await client.get("/v1/revoked-tokens", headers=scheme)).status_code == 200


async def test_unknown_roles_count_for_nothing(service: RunningService) -> None:
    forger = Forger(service.issuer.key, service.name)
    async with anybody(service) as client:
        for roles in ([], ["PIPELINE"], ["pipeline "], ["admin", "root"], ["public"]):
            answer = await client.put(PATH, json=BODY, headers=bearer(forger.with_claims(roles=roles)))
            assert answer.status_code == 403, roles


async def test_a_token_in_the_address_is_no_token(service: RunningService) -> None:
    token = service.issuer.token(PIPELINE, service.name)
    async with anybody(service) as client:
        for name in ("access_token", "token", "authorization", "jwt"):
            assert (await client.get("/v1/revoked-tokens", params={name: token})).status_code == 401


async def test_a_division_that_does_not_exist_gets_nothing_of_another(service: RunningService) -> None:
    """Its form is right, so the token holds; it lies in no document's path, so its lists are empty or refused."""
    paths = {
        "registry": "/v1/clusters",
        "scoring": "/v1/assessments",
        "funding": "/v1/fund-orders",
        "pipeline": "/v1/cycles",
    }
    forger = Forger(service.issuer.key, service.name)
    token = forger.with_claims(division="429999", roles=["county_preparer", "county_finance", "auditor"])
    async with anybody(service) as client:
        answer = await client.get(paths[service.name], headers=bearer(token))
    assert answer.status_code == 403 or answer.json()["items"] == []


def anybody(service: RunningService) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=service.transport, base_url=f"http://{service.name}")
