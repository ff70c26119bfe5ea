"""Where in a rule document a problem lies: the clause of the innermost rule around it."""

from collections.abc import Mapping
from dataclasses import replace

from shared.errors import Item


def with_clause(document: object, item: Item) -> Item:
    """The problem with the clause (or basis) of its rule behind both texts, where there is one."""
    found = clause_at(document, item.field)
    if not found:
        return item
    return replace(item, zh=f"{item.zh}(条款:{found})", en=f"{item.en} (clause: {found})")


def clause_at(document: object, path: str) -> str:
    found, here = "", document
    for part in ["", *path.replace("[", ".").replace("]", "").split(".")]:
        if isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        elif isinstance(here, Mapping) and part:
            here = here.get(part)
        if isinstance(here, Mapping):
            found = str(here.get("clause") or here.get("basis") or found)
    return found
