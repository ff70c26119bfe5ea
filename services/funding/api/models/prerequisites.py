"""Answers about what stands against a step."""

from pydantic import Field

from services.funding.api.models.answer import Answer


class ReasonOut(Answer):
    field: str
    rule: str
    zh: str
    en: str


class PrerequisitesOut(Answer):
    """Whether the step could be taken now by whoever asks, and every reason against it."""

    subject: str
    step: str
    possible: bool
    reasons: list[ReasonOut]
    notes: list[ReasonOut] = Field(
        description="what to know before the step; nothing of it stands against it"
    )
