"""A scheme as it was kept: canonical bytes and their hash."""

import json
from dataclasses import dataclass

from services.scoring.domain.reading.document import parse_scheme
from services.scoring.domain.refusals import SchemeInvalid
from services.scoring.domain.scheme.scheme import Scheme


@dataclass(frozen=True, slots=True)
class SchemeDocument:
    content: bytes
    sha256: str


def read_scheme(document: SchemeDocument) -> Scheme:
    scheme, problems = parse_scheme(json.loads(document.content))
    if scheme is None:
        raise SchemeInvalid(problems)
    return scheme
