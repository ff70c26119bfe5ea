"""The bytes, hashes and the signature of the border documents are frozen: a change is a new schema version."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import KeySet, OKPKey

from shared.contracts.document import Document, DocumentInvalid
from shared.documents.canonical import canonical_bytes, document_hash
from shared.documents.keys import SignatureInvalid, sign_hash, verify_signature
from tests.contract.examples import EXAMPLES, RELEASE

GOLDEN = Path(__file__).parent / "golden"
INDEX = json.loads((GOLDEN / "index.json").read_text("utf-8"))

#: The Ed25519 key of RFC 8037, appendix A: public on purpose.
KEY = OKPKey.import_key(
    {
        "kty": "OKP",
        "crv": "Ed25519",
        "kid": "rfc8037",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    }
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_bytes_and_the_hash_are_the_frozen_ones(name: str) -> None:
    frozen = (GOLDEN / f"{name}.json").read_bytes()
    assert EXAMPLES[name].canonical() == frozen
    assert "sha256:" + hashlib.sha256(frozen).hexdigest() == INDEX["sha256"][name] == EXAMPLES[name].sha256
    assert type(EXAMPLES[name]).parse(frozen, expected_sha256=INDEX["sha256"][name]) == EXAMPLES[name]


def test_the_signature_is_the_frozen_one_and_a_plain_ed25519_verifier_accepts_it() -> None:
    signature = sign_hash(RELEASE.sha256, KEY)
    assert signature == INDEX["release_signature"]
    header, payload, tail = signature.split(".")
    x = base64.urlsafe_b64decode(str(KEY.as_dict(private=False)["x"]) + "=")
    Ed25519PublicKey.from_public_bytes(x).verify(
        base64.urlsafe_b64decode(tail + "=="), f"{header}.{payload}".encode("ascii")
    )
    assert base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode() == RELEASE.sha256


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_document_that_was_touched_is_refused(name: str) -> None:
    frozen = (GOLDEN / f"{name}.json").read_bytes()
    kind: type[Document] = type(EXAMPLES[name])
    with pytest.raises(DocumentInvalid):
        kind.parse(frozen.replace(b"2024.1", b"2024.2"), expected_sha256=INDEX["sha256"][name])
    with pytest.raises(DocumentInvalid):
        kind.parse(frozen.replace(b'"programme"', b'"programm"'))
    with pytest.raises(DocumentInvalid):
        kind.parse(frozen.replace(b":", b": ", 1))
    with pytest.raises(DocumentInvalid):
        kind.parse(b"[]")


def test_a_signature_over_another_hash_or_by_another_key_is_refused() -> None:
    signature = sign_hash(RELEASE.sha256, KEY)
    trusted = KeySet([OKPKey.import_key(KEY.as_dict(private=False))])
    assert verify_signature(signature, RELEASE.sha256, trusted) == "rfc8037"
    with pytest.raises(SignatureInvalid):
        verify_signature(signature, "sha256:" + "0" * 64, trusted)
    stranger = OKPKey.generate_key("Ed25519", parameters={"kid": "rfc8037"})
    with pytest.raises(SignatureInvalid):
        verify_signature(sign_hash(RELEASE.sha256, stranger), RELEASE.sha256, trusted)
    with pytest.raises(SignatureInvalid):
        verify_signature("a.b.c", RELEASE.sha256, trusted)


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(_json)
def test_canonical_bytes_are_a_fixed_point_and_keep_the_content(document: object) -> None:
    try:
        content = canonical_bytes(document)  # type: ignore[arg-type]
    except UnicodeEncodeError:
        return  # a lone surrogate has no UTF-8
    assert json.loads(content) == document
    assert canonical_bytes(json.loads(content)) == content


@given(st.dictionaries(st.text(st.characters(codec="utf-8")), st.integers(-100, 100)))
def test_the_order_of_keys_does_not_matter(document: dict[str, int]) -> None:
    assert document_hash(document) == document_hash(dict(reversed(document.items())))


@pytest.mark.parametrize("bad", [1.5, {"a": float("nan")}, {1: "a"}, b"x", {"a": {"b": object()}}])
def test_what_has_no_canonical_form_is_refused(bad: object) -> None:
    with pytest.raises(TypeError):
        canonical_bytes(bad)  # type: ignore[arg-type]


def test_an_integer_that_a_json_reader_may_round_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        canonical_bytes(2**53)
