"""Why something is not yet so, in words for people and a code for programs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any


class Waits(StrEnum):
    """What has to happen before a stage goes on."""

    PERSON = "person"
    DATE = "date"
    SERVICE = "service"
    JOB = "job"  # a service works on it: nothing has to be done but to look again
    STAGE = "stage"  # another stage comes first
    MENDING = "mending"  # somebody has to mend something: blocked


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; ``until`` is the day from which it holds no longer, where that is known."""

    code: str
    waits: Waits
    zh: str
    en: str
    until: date | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "waits_for": self.waits.value,
            "zh": self.zh,
            "en": self.en,
            "until": None if self.until is None else self.until.isoformat(),
        }

    @classmethod
    def of(cls, document: Any) -> Reason:
        until = document["until"]
        return cls(
            document["code"],
            Waits(document["waits_for"]),
            document["zh"],
            document["en"],
            None if until is None else date.fromisoformat(until),
        )
