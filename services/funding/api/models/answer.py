"""What all answers share: they are read from the attributes of a value."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

RoundState = Literal[
    "draft", "simulated", "allocated", "proposed", "reviewed", "issued", "passed_down", "closed", "withdrawn"
]


class Answer(BaseModel):
    """An answer holds what a use case gave, and nothing of its own."""

    model_config = ConfigDict(frozen=True, from_attributes=True)
