"""What all published documents of the registry have in common."""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, model_validator

from shared.web.fields import Name, Note

Label = Literal["official", "illustrative"]


class DocumentPart(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(DocumentPart):
    zh: Note
    en: Note


class Rule(DocumentPart):
    """Where a rule comes from: a clause of the policy, or ``illustrative`` if it is ours."""

    clause: Name | None = None
    label: Label

    @model_validator(mode="after")
    def _official_rules_cite(self) -> Self:
        if self.label == "official" and self.clause is None:
            raise ValueError("an official rule names its clause")
        return self
