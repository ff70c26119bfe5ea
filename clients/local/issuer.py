"""The local issuer of access tokens, and scoring's key for signing releases. For trial and tests only.

Production settings refuse `LOCAL_ISSUER`; there an OIDC provider stands in this place. Keys are made once for
a data folder: `keys/local-issuer.jwk` and `keys/release-signing.jwk` (0600), with their public sets
`keys/local-issuer-jwks.json` and `keys/release-jwks.json`. `clients.local.discovery` publishes the issuer's over HTTP,
and :meth:`SigningKey.rotate` puts a new key in the place of the old one.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from clients.local.errors import KeyFileUnusable
from shared.documents.keys import load_signing_key, public_key_set
from shared.settings import LOCAL_ISSUER

SERVICES = ("registry", "scoring", "funding", "pipeline")
# RFC 9864 names the curve: "EdDSA" alone is deprecated, though verifiers still take it.
ALGORITHM = "Ed25519"
JWT_TYPE = "at+jwt"  # RFC 9068: an access token
DEFAULT_LIFETIME = timedelta(hours=8)


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 key pair on disk: the private JWK and its public key set."""

    private_file: Path
    public_file: Path

    def ensure(self) -> None:
        """Make the pair once. The private file is complete or absent; the public one is written again."""
        if not self.private_file.exists():
            _write_private(self.private_file, json.dumps(_fresh_key().as_dict(private=True)))
        self._publish(self.load(), beside=self._published())

    def rotate(self) -> None:
        """A new key, which is published before anything is signed by it. What the one before has signed stays valid
        until the next rotation.
        """
        fresh = _fresh_key()
        self._publish(fresh, beside=public_key_set(self.load())["keys"])
        _write_private(self.private_file, json.dumps(fresh.as_dict(private=True)))

    def _published(self) -> list[dict[str, Any]]:
        try:
            return list(json.loads(self.public_file.read_text("utf-8"))["keys"])
        except (OSError, ValueError, KeyError, TypeError):
            return []

    def _publish(self, key: OKPKey, *, beside: list[dict[str, Any]]) -> None:
        """The key, and of those beside it the first other one."""
        others = [entry for entry in beside if entry.get("kid") != key.kid][:1]
        public = {"keys": [*public_key_set(key)["keys"], *others]}
        fresh = self.public_file.with_suffix(".new")
        fresh.write_text(json.dumps(public, indent=2) + "\n", encoding="utf-8")
        fresh.replace(self.public_file)

    def load(self) -> OKPKey:
        try:
            return load_signing_key(self.private_file)
        except (OSError, ValueError, JoseError) as error:
            raise KeyFileUnusable(
                f"无法使用密钥文件 {self.private_file}:{error}。请先运行 clusters up,或检查文件权限。",
                f"Cannot use the key file {self.private_file}: {error}. "
                "Run clusters up first, or check its permissions.",
            ) from error


@dataclass(frozen=True)
class LocalKeys:
    """All keys of one data folder."""

    issuer: SigningKey
    release: SigningKey

    @classmethod
    def below(cls, data_dir: Path) -> LocalKeys:
        folder = data_dir / "keys"
        return cls(
            issuer=SigningKey(folder / "local-issuer.jwk", folder / "local-issuer-jwks.json"),
            release=SigningKey(folder / "release-signing.jwk", folder / "release-jwks.json"),
        )

    def ensure(self) -> None:
        self.issuer.private_file.parent.mkdir(mode=0o700, exist_ok=True)
        self.issuer.ensure()
        self.release.ensure()


class LocalIssuer:
    """Mints access tokens for anybody: whoever can read the key file is trusted."""

    def __init__(self, key: SigningKey) -> None:
        self._key = key.load()

    def mint(
        self,
        *,
        subject: str,
        name: str,
        roles: Sequence[str],
        division: str,
        unit: str,
        audience: Sequence[str] = SERVICES,
        lifetime: timedelta = DEFAULT_LIFETIME,
        department: str | None = None,
    ) -> str:
        """A JWT of the claims that the services read. Uses real time, never the business date."""
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": LOCAL_ISSUER,
            "sub": subject,
            "aud": list(audience),
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": str(uuid.uuid4()),
            "name": name,
            "roles": list(roles),
            "division": division,
            "unit": unit,
        }
        if department is not None:
            claims["department"] = department
        header = {"alg": ALGORITHM, "kid": self._key.kid, "typ": JWT_TYPE}
        return jwt.encode(header, claims, self._key, algorithms=[ALGORITHM])


def _fresh_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"use": "sig", "alg": ALGORITHM}, auto_kid=True)


def _write_private(path: Path, text: str) -> None:
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(
        os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
