"""The JSON Schema for editors is current, and what it allows is what the reader knows."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from services.scoring.domain.json_schema.scheme import scheme_schema
from shared.documents.reading import read_document
from tests.unit.scoring.published.test_asem import document
from tests.unit.scoring.published.test_published_examples import EXAMPLES, scheme_for
from tests.unit.scoring.published.test_schemes_page import WHOLE
from tests.unit.scoring.test_offline import MISTAKES, SCHEME

FILE = Path(__file__).parents[4] / "docs" / "scheme.schema.json"


def errors(scheme: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(scheme_schema()).iter_errors(scheme)]


def test_the_committed_schema_is_current() -> None:
    Draft202012Validator.check_schema(scheme_schema())
    assert json.loads(FILE.read_text("utf-8")) == scheme_schema(), (
        "clusters scheme-schema > docs/scheme.schema.json"
    )


def test_valid_schemes_are_valid_in_an_editor_too() -> None:
    for scheme in (SCHEME, document(), *(scheme_for(example) for example in EXAMPLES)):
        assert errors(scheme) == []


def test_the_schemes_of_the_page_are_valid_in_an_editor_too() -> None:
    for blocks in WHOLE:
        assert errors(read_document(blocks["scheme"], name="scheme").content) == [], blocks["scheme"]


def test_an_editor_sees_unknown_keys_and_wrong_words() -> None:
    for rule in ("unknown-key", "decimal-string-expected", "key-with-method"):
        assert errors(MISTAKES[rule]), rule
