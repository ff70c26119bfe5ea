"""Which keys of somebody else's key set are used, and how strictly what they write is read."""

import json

import pytest
from joserfc.jwk import OKPKey, RSAKey

from shared.documents.key_sets import KeySetUnusable, strict_json, usable_keys
from tests.support.identity_provider import fresh_key, key_set, unfit_keys


def test_public_keys_for_signatures_are_taken_over() -> None:
    rsa = RSAKey.generate_key(2048, {"kid": "b"})
    published = {"keys": [*key_set(fresh_key("a"))["keys"], rsa.as_dict(private=False)]}
    assert [(key.kid, key.key_type) for key in usable_keys(published)] == [("a", "OKP"), ("b", "RSA")]


def test_what_is_private_in_a_published_key_is_left_out() -> None:
    leaked = OKPKey.generate_key("Ed25519", {"kid": "a"}).as_dict(private=True)
    assert [key.is_private for key in usable_keys({"keys": [leaked]})] == [False]


def test_a_key_without_an_id_is_known_by_its_thumbprint() -> None:
    key = fresh_key("a")
    anonymous = {name: value for name, value in key.as_dict(private=False).items() if name != "kid"}
    assert [found.kid for found in usable_keys({"keys": [anonymous]})] == [key.thumbprint()]


@pytest.mark.parametrize("place", range(len(unfit_keys())))
def test_a_key_that_is_unfit_is_passed_over(place: int) -> None:
    unfit = unfit_keys()[place]
    with pytest.raises(KeySetUnusable):
        usable_keys({"keys": [unfit]})
    assert [key.kid for key in usable_keys({"keys": [unfit, *key_set(fresh_key("a"))["keys"]]})] == ["a"]


@pytest.mark.parametrize(
    "published", [None, [], "keys", {}, {"keys": {}}, {"keys": []}, {"keys": [{}] * 101}]
)
def test_what_is_no_key_set(published: object) -> None:
    with pytest.raises(KeySetUnusable):
        usable_keys(published)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1, "a": 2}', '[{"a": {"b": 1, "b": 1}}]', "NaN", "[Infinity]", "-Infinity", "1e400", "[" * 100_000,
        "", "{", "{}x", "\ufeff{}", "1" * 5_000,
    ],
)  # fmt: skip
def test_what_is_not_strictly_json(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the reader says, it is one of these
        strict_json(text.encode())


def test_json_is_read_as_it_is() -> None:
    content = {"a": [1, 1.5, None, True, "数"], "b": {"a": 1}}
    assert strict_json(json.dumps(content, ensure_ascii=False).encode()) == content
