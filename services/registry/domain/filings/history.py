"""The history of a filing, step by step, and what changed between two of its versions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.registry.domain.filings.content import Content
from services.registry.domain.filings.filing import Step
from services.registry.domain.filings.send_back import FieldReason
from shared.documents.canonical import Json
from shared.errors import NotFound


@dataclass(frozen=True, slots=True)
class RecordedStep:
    """One step as it was taken; its number is the filing's version. ``content`` is kept where it changed."""

    number: int
    step: Step
    actor: str
    unit: str
    content_hash: str
    note: str | None
    reasons: tuple[FieldReason, ...]
    content: Content | None
    business_date: date
    recorded_at: datetime


Part = Literal["value", "fact", "waiver"]


@dataclass(frozen=True, slots=True)
class Change:
    """One value, fact or waiver that differs; ``before`` or ``after`` is null where it was not there."""

    part: Part
    field: str
    data_year: int | None
    before: Mapping[str, Json] | None
    after: Mapping[str, Json] | None


def content_at(steps: Sequence[RecordedStep], number: int) -> Content:
    """The newest content that was recorded up to this version."""
    content = next(
        (step.content for step in reversed(steps) if step.number <= number and step.content is not None), None
    )
    if content is None or number > max(step.number for step in steps):
        raise NotFound("版本", "version")
    return content


def changes(before: Content, after: Content) -> list[Change]:
    """What differs, by part, field and year."""
    first, second = _members(before), _members(after)
    return [
        Change(*key, first.get(key), second.get(key))
        for key in sorted(first.keys() | second.keys(), key=lambda key: (key[0], key[1], key[2] or 0))
        if first.get(key) != second.get(key)
    ]


def _members(content: Content) -> dict[tuple[Part, str, int | None], Mapping[str, Json]]:
    found: dict[tuple[Part, str, int | None], Mapping[str, Json]] = {}
    for value in content.values:
        found["value", value.indicator, value.data_year] = value.as_document()
    for name, fact in content.facts.items():
        found["fact", name, None] = {"value": fact}
    for waiver in content.waivers:
        found["waiver", f"{waiver.rule}.{waiver.indicator}", waiver.data_year] = waiver.as_document()
    return found
