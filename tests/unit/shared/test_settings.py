"""Settings of every service: what production refuses at its start, in one clear line."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.funding.settings import FundingSettings
from services.registry.settings import RegistrySettings
from services.scoring.settings import ScoringSettings
from shared.settings import LOCAL_ISSUER, ServiceSettings, load_settings

COMMON = {
    "database_url": "postgresql+asyncpg://localhost/example",
    "mode": "production",
    "division": "420000",
    "auth_issuer": "https://identity.example/realms/province",
    "auth_jwks": "https://identity.example/keys",
}
OWN: dict[type[ServiceSettings], dict[str, str]] = {
    RegistrySettings: {"release_jwks": "https://scoring.example/.well-known/jwks.json"},
    ScoringSettings: {
        "signing_key_file": "key.jwk", "registry_url": "https://registry.example", "registry_token_file": "token",
    },
    FundingSettings: {
        "release_jwks": "jwks.json", "registry_url": "https://registry.example", "registry_token_file": "token",
        "scoring_url": "https://scoring.example", "scoring_token_file": "token",
    },
}  # fmt: skip
PLAIN = [
    (kind, name)
    for kind, own in OWN.items()
    for name in ("auth_jwks", "auth_metadata", "public_url", "cors_origins", *own)
    if name.endswith(("_url", "_jwks", "_metadata", "_origins"))
]


def settings(kind: type[ServiceSettings], **changed: Any) -> ServiceSettings:
    return kind.model_validate({**COMMON, **OWN[kind], **changed})


@pytest.mark.parametrize("kind", OWN)
def test_https_addresses_and_files_are_accepted_in_production(kind: type[ServiceSettings]) -> None:
    assert settings(kind).auth_keys == COMMON["auth_jwks"]
    assert settings(kind, auth_jwks="/etc/keys.json").auth_keys == "/etc/keys.json"
    metadata = "https://identity.example/.well-known/openid-configuration"
    assert settings(kind, auth_jwks=None, auth_metadata=metadata).auth_keys == metadata


@pytest.mark.parametrize(("kind", "name"), PLAIN)
@pytest.mark.parametrize("address", ["http://10.0.0.1:8000", "HTTP://name.example", "http://127.0.0.1"])
def test_plain_http_is_refused_in_production_and_named(
    kind: type[ServiceSettings], name: str, address: str
) -> None:
    changed: dict[str, Any] = {name: address.lower() if name == "cors_origins" else address}
    if name == "auth_metadata":
        changed["auth_jwks"] = None
    with pytest.raises(ValidationError, match=rf"{name.upper()}.*https") as refused:
        settings(kind, **changed)
    assert not refused.value.errors()[0]["msg"].isascii()
    assert settings(kind, mode="trial", **changed)


@pytest.mark.parametrize("issuer", ["http://identity.example", "identity.example", LOCAL_ISSUER, "", "urn:x"])
def test_an_issuer_without_https_is_refused_in_production(issuer: str) -> None:
    with pytest.raises(ValidationError, match="AUTH_ISSUER"):
        settings(RegistrySettings, auth_issuer=issuer)


@pytest.mark.parametrize(
    "changed",
    [
        {"auth_jwks": None},
        {"auth_metadata": "https://identity.example/x"},
        {"auth_max_token_seconds": 86_401},
        {"auth_max_token_seconds": 0},
        {"business_date": "2024-06-03"},
    ],
)
def test_what_else_production_refuses(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        settings(RegistrySettings, **changed)


@pytest.mark.parametrize(
    "address",
    ["registry.example", "ftp://registry.example", "https://", "https://user:secret@registry.example", "https://x/?a=1",
     "https://x/#a", " https://x", ""],
)  # fmt: skip
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValidationError):
        settings(ScoringSettings, registry_url=address)


@pytest.mark.parametrize(
    "origin",
    ["*", "null", "console.example", "https://console.example/", "https://Console.example", "https://x/path"],
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError):
        settings(RegistrySettings, cors_origins=f"https://fine.example, {origin}")


def test_origins_are_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {**COMMON, **OWN[RegistrySettings], "cors_origins": "https://a.example, https://b.example:8443,"}
    for name, value in given.items():
        monkeypatch.setenv(f"REGISTRY_{name.upper()}", value)
    assert load_settings(RegistrySettings).cors_origins == ("https://a.example", "https://b.example:8443")


def test_a_bad_setting_stops_the_start_with_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {**COMMON, **OWN[FundingSettings], "scoring_url": "http://scoring:8000"}.items():
        monkeypatch.setenv(f"FUNDING_{name.upper()}", value)
    with pytest.raises(SystemExit) as ended:
        load_settings(FundingSettings)
    line = capsys.readouterr().err
    assert (ended.value.code, line.count("\n")) == (2, 1)
    assert "SCORING_URL" in line
