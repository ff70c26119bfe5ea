"""The document that a rule stands on, and the day on which it became public: no rule holds before its document."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.documents.strict_fields import StrictFields
from shared.errors import Item, Kind, Refusal

DOCUMENT_KEYS: Final = ("number", "published_on")


class DocumentNotPublic(Refusal):
    """A rule was to be used on a day on which nobody could know it; every such document is an item."""

    kind = Kind.CONFLICT
    code = "document-not-public"


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """``number`` is the office's own (文号); ``published_on`` the day on which the public could read it."""

    number: str
    published_on: date

    def is_public(self, day: date) -> bool:
        return self.published_on <= day


def read_source_document(fields: StrictFields) -> SourceDocument:
    return SourceDocument(fields.text("number"), fields.date("published_on"))


def check_public(documents: Iterable[SourceDocument], day: date) -> None:
    """Refuses a rule on a day before one of its documents was public."""
    to_come = [document for document in documents if not document.is_public(day)]
    if to_come:
        raise DocumentNotPublic(
            f"规则所依据的文件在 {day} 尚未公布",
            f"The rules stand on what was not public on {day}",
            items=[
                Item(
                    "document",
                    "document-not-public",
                    f"{document.number} 公布于 {document.published_on},此前不能据此办理",
                    f"{document.number} was published on {document.published_on}; nothing rests on it before",
                )
                for document in to_come
            ],
        )


def effective_too_early(document: SourceDocument | None, effective_from: date, *, at: str) -> list[Item]:
    """What is wrong with rules that would be in force before their document was public."""
    if document is None or document.is_public(effective_from):
        return []
    zh = f"生效日 {effective_from} 早于 {document.number} 的公布日 {document.published_on}"
    en = f"in force from {effective_from}, before {document.number} was published on {document.published_on}"
    return [Item(at, "effective-before-document", zh, en)]
