"""Tokens of the local issuer, as a service reads them."""

from __future__ import annotations

import stat
from datetime import timedelta
from pathlib import Path

import pytest

from clients.local.errors import KeyFileUnusable
from clients.local.issuer import LocalIssuer, LocalKeys
from clients.local.service_plan import renew_service_tokens
from shared.documents.keys import KeySource, load_signing_key, sign_hash, verify_signature
from shared.settings import LOCAL_ISSUER
from shared.web.principals import Role
from shared.web.tokens.verifier import NotAuthenticated, TokenVerifier


@pytest.fixture
def keys(tmp_path: Path) -> LocalKeys:
    keys = LocalKeys.below(tmp_path)
    keys.ensure()
    return keys


def verifier(keys: LocalKeys, audience: str) -> TokenVerifier:
    return TokenVerifier(issuer=LOCAL_ISSUER, audience=audience, keys=KeySource(str(keys.issuer.public_file)))


def mint(keys: LocalKeys, *, audience: list[str], lifetime: timedelta) -> str:
    return LocalIssuer(keys.issuer).mint(
        subject="li",
        name="李",
        roles=[Role.SOURCE_DEPARTMENT],
        division="420000",
        unit="省统计局",
        audience=audience,
        lifetime=lifetime,
        department="statistics",
    )


async def test_a_service_reads_back_what_was_minted(keys: LocalKeys) -> None:
    token = mint(keys, audience=["registry", "scoring"], lifetime=timedelta(hours=1))
    principal = await verifier(keys, "scoring").verify(token)
    assert (principal.subject, principal.name, principal.division) == ("li", "李", "420000")
    assert (principal.unit, principal.department) == ("省统计局", "statistics")
    assert principal.roles == {Role.SOURCE_DEPARTMENT}


async def test_a_token_for_another_service_or_expired_is_refused(keys: LocalKeys) -> None:
    for_registry = mint(keys, audience=["registry"], lifetime=timedelta(hours=1))
    expired = mint(keys, audience=["funding"], lifetime=timedelta(hours=-1))
    for token in (for_registry, expired):
        with pytest.raises(NotAuthenticated):
            await verifier(keys, "funding").verify(token)


async def test_keys_are_made_once_and_stay_private(keys: LocalKeys, tmp_path: Path) -> None:
    token = mint(keys, audience=["registry"], lifetime=timedelta(hours=1))
    before = keys.release.private_file.read_text()
    LocalKeys.below(tmp_path).ensure()
    assert keys.release.private_file.read_text() == before
    assert (await verifier(keys, "registry").verify(token)).subject == "li"
    for key in (keys.issuer, keys.release):
        assert stat.S_IMODE(key.private_file.stat().st_mode) == 0o600
        assert '"d"' not in key.public_file.read_text()


async def test_the_published_release_key_verifies_what_the_private_one_signed(keys: LocalKeys) -> None:
    digest = "sha256:" + "0" * 64
    signature = sign_hash(digest, load_signing_key(keys.release.private_file))
    published = await KeySource(str(keys.release.public_file)).keys()
    assert verify_signature(signature, digest, published) == keys.release.load().kid


async def test_a_service_account_names_its_caller_and_one_audience(keys: LocalKeys, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    renew_service_tokens(tmp_path, keys, division="420000")
    files = sorted((tmp_path / "run").iterdir())
    assert [file.name for file in files] == [
        "funding-to-registry.token",
        "funding-to-scoring.token",
        "pipeline-to-funding.token",
        "pipeline-to-registry.token",
        "pipeline-to-scoring.token",
        "scoring-to-registry.token",
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    principal = await verifier(keys, "scoring").verify(files[1].read_text())
    assert principal.subject == "funding"
    assert principal.roles == {Role.SERVICE}
    with pytest.raises(NotAuthenticated):
        await verifier(keys, "registry").verify(files[1].read_text())
    pipeline = await verifier(keys, "funding").verify(files[2].read_text())
    assert (pipeline.subject, pipeline.roles) == ("pipeline", frozenset({Role.PIPELINE}))


def test_a_missing_key_file_is_refused_clearly(tmp_path: Path) -> None:
    with pytest.raises(KeyFileUnusable, match="clusters up"):
        LocalIssuer(LocalKeys.below(tmp_path).issuer)
