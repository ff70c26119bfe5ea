"""A name in two languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Name:
    zh: str
    en: str
