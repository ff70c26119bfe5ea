"""Tokens that nobody should be let in with: forged, odd, or for somebody or something else.

Where the trick is not in the signature, they are signed by the true key: then only the broken rule refuses them.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from joserfc import jws
from joserfc.jwk import OKPKey, RSAKey

from shared.settings import LOCAL_ISSUER
from shared.web.principals import Role

KEY_ID = "test-issuer"
Sent = list[tuple[bytes, bytes]]
_LEFT_OUT = object()


@dataclass(frozen=True)
class Forger:
    """Makes tokens for one service; ``key`` is the true one."""

    key: OKPKey
    audience: str
    other: OKPKey = field(default_factory=lambda: OKPKey.generate_key("Ed25519", {"kid": KEY_ID}))

    @property
    def claims(self) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": LOCAL_ISSUER, "sub": "pipeline", "aud": [self.audience], "iat": now, "exp": now + 600,
            "jti": "test", "name": "pipeline", "roles": [Role.PIPELINE.value], "division": "420000",
            "unit": "county-clusters",
        }  # fmt: skip

    @property
    def header(self) -> dict[str, Any]:
        return {"alg": "Ed25519", "kid": KEY_ID, "typ": "at+jwt"}

    def with_claims(self, **changed: Any) -> str:
        return self.sign(self.header, without({**self.claims, **changed}))

    def with_header(self, **changed: Any) -> str:
        return self.sign(without({**self.header, **changed}), self.claims)

    def sign(self, header: Any, claims: Any, key: OKPKey | None = None) -> str:
        signed = f"{part(header)}.{part(claims)}"
        private = (key or self.key).raw_value
        assert isinstance(private, Ed25519PrivateKey)
        return f"{signed}.{part(private.sign(signed.encode()))}"

    def by_secret(self, secret: bytes, algorithm: str = "HS256") -> str:
        """As if the public key were a secret that both sides share."""
        signed = f"{part({**self.header, 'alg': algorithm})}.{part(self.claims)}"
        name = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}[algorithm]
        return f"{signed}.{part(hmac.new(secret, signed.encode(), name).digest())}"

    def good(self) -> str:
        return self.with_claims()


def part(content: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def without(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value is not _LEFT_OUT}


def bearer(token: str | bytes) -> Sent:
    return [(b"Authorization", b"Bearer " + (token if isinstance(token, bytes) else token.encode()))]


def forged(forger: Forger) -> dict[str, Sent]:
    """Each trick by its name, with the headers that are sent."""
    tokens = dict(
        pair
        for group in (
            _signatures,
            _types,
            _key_ids,
            _headers,
            _addressees,
            _times,
            _persons,
            _texts,
            _encodings,
        )
        for pair in group(forger)
    )
    return {**{name: bearer(token) for name, token in tokens.items()}, **_transports(forger)}


def _signatures(forger: Forger) -> Iterator[tuple[str, str]]:
    claims, public = part(forger.claims), forger.key.as_dict(private=False)
    for algorithm in ("none", "None", "nOnE", ""):
        yield f"alg {algorithm!r}, unsigned", f"{part({**forger.header, 'alg': algorithm})}.{claims}."
        yield f"alg {algorithm!r}, signed", forger.with_header(alg=algorithm)
    secrets = {
        "as bytes": base64.urlsafe_b64decode(str(public["x"]) + "="),
        "as text": str(public["x"]).encode(),
        "as PEM": forger.key.as_pem(private=False),
        "as DER": forger.key.as_der(private=False),
        "as JWK": json.dumps(public).encode(),
        "left empty": b"",
    }
    for name, secret in secrets.items():
        yield f"HS256 with the public key {name}", forger.by_secret(secret)
    yield "HS512 with the public key", forger.by_secret(secrets["as PEM"], "HS512")
    for odd in ("ES256", "PS256", "RS256", "RS1", "Ed448", "ed25519", "Ed25519 ", "dir", "RSA-OAEP"):
        yield f"alg {odd}", forger.with_header(alg=odd)
    for wrong in (None, 1, ["Ed25519"], {"alg": "Ed25519"}, True):
        yield f"alg of another type: {wrong!r}", forger.with_header(alg=wrong)
    yield "no alg", forger.with_header(alg=_LEFT_OUT)
    yield "another key under the true id", forger.sign(forger.header, forger.claims, forger.other)
    rsa = RSAKey.generate_key(2048, {"kid": KEY_ID})
    yield (
        "RSA key under the true id",
        jws.serialize_compact(
            {**forger.header, "alg": "RS256"}, json.dumps(forger.claims).encode(), rsa, algorithms=["RS256"]
        ),
    )
    good = forger.good()
    yield "no signature", good.rpartition(".")[0] + "."
    yield "half a signature", good[:-40]
    yield (
        "the signature of another token",
        good.rpartition(".")[0] + "." + forger.with_claims(sub="x").rpartition(".")[2],
    )
    yield "a signature of zeros", good.rpartition(".")[0] + "." + part(bytes(64))
    yield (
        "claims changed after signing",
        ".".join((good.split(".")[0], part({**forger.claims, "sub": "y"}), good.split(".")[2])),
    )


def _types(forger: Forger) -> Iterator[tuple[str, str]]:
    yield "no typ", forger.with_header(typ=_LEFT_OUT)
    for kind in (
        "JWT",
        "jwt",
        "at+jwt ",
        "at+jwt;v=1",
        "id+jwt",
        "application/jwt",
        "dpop+jwt",
        "",
        None,
        1,
        ["at+jwt"],
    ):
        yield f"typ {kind!r}", forger.with_header(typ=kind)


def _key_ids(forger: Forger) -> Iterator[tuple[str, str]]:
    yield "no kid", forger.with_header(kid=_LEFT_OUT)
    odd: list[Any] = [
        None, "", 1, 0, True, [KEY_ID], {"kid": KEY_ID}, "unknown", "TEST-ISSUER", KEY_ID + " ", KEY_ID + "\0",
        "../../../../etc/passwd", "/dev/null", "file:///dev/null", "http://127.0.0.1/jwks.json",
        "' OR '1'='1", "test-issuer'; DROP TABLE event; --", "$(id)", "|id", "k" * 4000, "\u0131ssuer", "测试",
    ]  # fmt: skip
    for kid in odd:
        yield f"kid {kid!r:.40}", forger.with_header(kid=kid)


def _headers(forger: Forger) -> Iterator[tuple[str, str]]:
    own = forger.other.as_dict(private=False)
    yield "crit exp", forger.with_header(crit=["exp"])
    yield "crit b64", forger.with_header(crit=["b64"], b64=False)
    yield "crit empty", forger.with_header(crit=[])
    yield "crit unknown", forger.with_header(crit=["x"], x=1)
    yield "b64", forger.with_header(b64=False)
    for name, value in {
        "jwk": own, "jku": "https://evil.example/jwks.json", "x5u": "https://evil.example/cert.pem", "x5c": ["MIIB"],
    }.items():  # fmt: skip
        header = {**forger.header, name: value}
        yield f"{name} with its own key", forger.sign(header, forger.claims, forger.other)
        yield (
            f"{name} with its own key and id",
            forger.sign({**header, "kid": "evil"}, forger.claims, forger.other),
        )
        yield f"{name} with the true key", forger.sign(header, forger.claims)
    yield "zip", forger.with_header(zip="DEF")
    yield "nested: cty JWT", forger.sign({**forger.header, "cty": "JWT"}, forger.good().encode())
    yield "nested: a token as claims", forger.sign(forger.header, forger.good().encode())
    yield "encrypted header", forger.with_header(enc="A256GCM")
    text = json.dumps(forger.header)
    raw = {
        "header twice alg": text[:-1] + ', "alg": "Ed25519"}',
        "header an array": "[]",
        "header a text": '"Ed25519"',
        "header null": "null",
        "header empty": "",
        "header nested deep": "[" * 3000,
        "header nested deep inside": text[:-1] + ', "x": ' + "[" * 3000 + "]" * 3000 + "}",
        "header with a mark": "\ufeff" + text,
        "header with a tail": text + "{}",
        "header with NaN": text[:-1] + ', "x": NaN}',
    }
    for name, written in raw.items():
        yield name, forger.sign(written.encode(), forger.claims)
    yield "header in UTF-16", forger.sign(text.encode("utf-16"), forger.claims)
    yield "header not UTF-8", forger.sign(b'{"alg":"Ed25519","x":"\xff"}', forger.claims)


def _addressees(forger: Forger) -> Iterator[tuple[str, str]]:
    wrong: dict[str, list[Any]] = {
        "iss": ["https://evil.example", LOCAL_ISSUER + "/", LOCAL_ISSUER.upper(), "", None, [LOCAL_ISSUER], 1,
                _LEFT_OUT],
        "aud": [
            "other", ["other"], [], "", None, 1, {forger.audience: 1}, [[forger.audience]], [forger.audience, 1],
            forger.audience + " ", forger.audience.upper(), [f"{forger.audience},other"], _LEFT_OUT,
        ],
    }  # fmt: skip
    for claim, values in wrong.items():
        for value in values:
            yield f"{claim} {_shown(value)}", forger.with_claims(**{claim: value})


def _times(forger: Forger) -> Iterator[tuple[str, str]]:
    now = int(time.time())
    wrong: dict[str, list[Any]] = {
        "exp": [
            now - 31, 0, -1, str(now + 600), None, True, [now + 600], {}, now + 43_201 + 60, 10**11, 10**18, 10**400,
            now - 600, _LEFT_OUT,
        ],
        "iat": [now + 120, str(now), None, True, -1, [now], 10**400, now - 86_400, _LEFT_OUT],
        "nbf": [now + 120, str(now), None, True, [now], 10**400, "soon"],
    }  # fmt: skip
    for claim, values in wrong.items():
        for value in values:
            yield f"{claim} {_shown(value)}", forger.with_claims(**{claim: value})
    yield "expired, of a fair lifetime", forger.with_claims(iat=now - 700, exp=now - 40)
    text = json.dumps(forger.claims)
    for odd in ("NaN", "Infinity", "-Infinity", "1e400"):
        written = text.replace(f'"exp": {forger.claims["exp"]}', f'"exp": {odd}')
        yield f"exp {odd}", forger.sign(forger.header, written.encode())


def _persons(forger: Forger) -> Iterator[tuple[str, str]]:
    role = Role.PIPELINE.value
    wrong: dict[str, list[Any]] = {
        "sub": [None, "", 1, ["pipeline"], {}, "x" * 201, "a\0b", "a\nb", "scoring for pipeline", _LEFT_OUT],
        "jti": [None, "", 1, ["test"], "x" * 201, "a\0b", _LEFT_OUT],
        "roles": [role, None, {role: True}, [[role]], [role, 1], [None], [True], [{"role": role}], 1,
                  f"[{role}]", [role] * 201, _LEFT_OUT],
        "division": [420000, ["420000"], {"code": "420000"}, None, "", "42", "4200000", "420000\n", " 420000",
                     "４２００００", "42000O", "*", "%", "42____", "999999", "000000", True, _LEFT_OUT],
        "unit": [1, ["x"], {}, "a\0b", "x" * 201],
        "name": [1, ["x"], {}, "a\nb", True],
        "department": [1, ["x"], {}, "a\0b"],
    }  # fmt: skip
    for claim, values in wrong.items():
        for value in values:
            yield f"{claim} {_shown(value)}", forger.with_claims(**{claim: value})


def _texts(forger: Forger) -> Iterator[tuple[str, str]]:
    text = json.dumps(forger.claims)
    raw = {
        "claims twice roles": text[:-1] + ', "roles": ["auditor"]}',
        "claims twice exp": text[:-1] + ', "exp": 9999999999}',
        "claims twice in a claim": text[:-1] + ', "x": {"a": 1, "a": 2}}',
        "claims an array": "[]",
        "claims a text": '"pipeline"',
        "claims null": "null",
        "claims empty": "",
        "claims nested deep": "[" * 3000,
        "claims nested deep inside": text[:-1] + ', "x": ' + "[" * 2500 + "]" * 2500 + "}",
        "claims with a tail": text + " {}",
        "claims with a comment": text + "// x",
        "claims with a mark": "\ufeff" + text,
        "claims with a lone surrogate": text.replace('"name": "pipeline"', '"name": "\\ud800"'),
    }
    for name, written in raw.items():
        yield name, forger.sign(forger.header, written.encode())
    yield "claims in UTF-16", forger.sign(forger.header, text.encode("utf-16"))
    yield "claims not UTF-8", forger.sign(forger.header, text.replace("pipeline", "\xff").encode("latin-1"))


def _encodings(forger: Forger) -> Iterator[tuple[str, str]]:
    header, claims, signature = forger.good().split(".")
    yield "padded", f"{header}==.{claims}==.{signature}=="
    yield "another alphabet", f"{header}.{claims}.{base64.b64encode(b'~~~???' * 10).decode()}"
    yield "blank inside", f"{header}. {claims}.{signature}"
    yield "bits behind the end", f"{header}.{claims}.{signature[:-1]}{_next(signature[-1])}"
    yield "two parts", f"{header}.{claims}"
    yield "four parts", f"{header}.{claims}.{signature}.{signature}"
    yield "five parts, as if encrypted", f"{header}.{claims}.{signature}.{signature}.{signature}"
    yield "one part", header
    yield "dots only", ".."
    yield "empty parts", f"{header}..{signature}"
    yield "a part that is not base64", f"{header}.{claims}.%%%"
    yield "the length of no base64", f"{header}.{claims}.{signature}AAA"
    yield "as JSON", json.dumps({"protected": header, "payload": claims, "signature": signature})
    yield "oversized", forger.with_claims(x="x" * 9_000)
    yield "full-width dots", f"{header}．{claims}．{signature}"
    yield "in quotes", f'"{header}.{claims}.{signature}"'


def _transports(forger: Forger) -> dict[str, Sent]:
    good = forger.good().encode()
    return {
        "no header": [],
        "empty header": [(b"Authorization", b"")],
        "no token": [(b"Authorization", b"Bearer")],
        "a blank for a token": [(b"Authorization", b"Bearer ")],
        "no scheme": [(b"Authorization", good)],
        **{
            f"scheme {scheme!r}": [(b"Authorization", scheme + good)]
            for scheme in (b"Basic ", b"Token ", b"JWT ", b"DPoP ", b"Bearer: ", b"Bearer=", b"Bearer", b"BearerX ",
                           b"Bearer  ", b"Bearer\t", b"Bearer,", b"Bearer Bearer ", b"\xe2\x80\x8bBearer ")
        },
        "two tokens in one header": [(b"Authorization", b"Bearer " + good + b", Bearer " + good)],
        "a blank behind": [(b"Authorization", b"Bearer " + good + b" x")],
        "two headers": [*bearer(good), *bearer(good)],
        "two headers, the second one forged": [*bearer(good), *bearer("x.y.z")],
        "two headers, the first one basic": [(b"Authorization", b"Basic cGlwZWxpbmU6"), *bearer(good)],
        "proxy header": [(b"Proxy-Authorization", b"Bearer " + good)],
        "cookie": [(b"Cookie", b"access_token=" + good)],
        "header of its own": [(b"X-Access-Token", good)],
        "forwarded header": [(b"X-Forwarded-Authorization", b"Bearer " + good)],
        "bytes that are no text": bearer(b"\xff\xfe"),
        "a method in its stead": [(b"X-HTTP-Method-Override", b"GET")],
    }  # fmt: skip


def _next(letter: str) -> str:
    """The last letter of 64 bytes holds two bits that count and four that do not."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return letters[letters.index(letter) + 1]


def _shown(value: Any) -> str:
    return "left out" if value is _LEFT_OUT else f"{value!r:.40}"
