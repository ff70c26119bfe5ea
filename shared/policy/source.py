"""Where a rule comes from: a clause of the policy, a published figure, or ourselves."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from shared.documents.strict_fields import StrictFields

#: The keys beside `label` by which a rule names its source.
SOURCE_KEYS: Final = ("clause", "basis")
OPTIONAL_SOURCE_KEYS: Final = ("label", *SOURCE_KEYS)


class Label(StrEnum):
    OFFICIAL = "official"
    PUBLISHED = "published"
    ILLUSTRATIVE = "illustrative"


@dataclass(frozen=True, slots=True)
class Source:
    """An official rule names its clause; any other may say what it follows (`basis`)."""

    label: Label
    clause: str | None
    basis: str | None

    @property
    def cited(self) -> str:
        return self.clause or self.basis or self.label.value


def read_source(fields: StrictFields) -> Source:
    """An official rule cites its clause, a published figure its publication; a rule of ours never cites a clause."""
    label = fields.choice("label", Label)
    source = Source(label, fields.optional_text("clause"), fields.optional_text("basis"))
    if not fields.has("label"):
        return source
    if label is Label.OFFICIAL and source.clause is None:
        fields.report("clause-missing", "官方规则须注明条款", "an official rule must name its clause")
    if label is Label.PUBLISHED and source.basis is None:
        fields.report(
            "basis-missing", "公布数须注明出处", "a published figure must name its publication (basis)"
        )
    if label is not Label.OFFICIAL and source.clause is not None:
        zh, en = "非官方规则不得引用条款(可用 basis)", "only an official rule cites a clause (use basis)"
        fields.report("clause-of-own-rule", zh, en, at="clause")
    return source


def read_optional_source(fields: StrictFields) -> Source:
    """The same where the label may be left out: a clause makes a rule official, else it is ours."""
    if fields.has("label"):
        return read_source(fields)
    clause, basis = fields.optional_text("clause"), fields.optional_text("basis")
    return Source(Label.OFFICIAL if clause else Label.ILLUSTRATIVE, clause, basis)
