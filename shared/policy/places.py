"""Where in a policy document a problem lies: the clause of the innermost rule around it."""

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
    """The clause (or basis) of the innermost rule around a path such as `tree.children[0].weight`; else empty."""
    found, here = "", document
    for part in [*path.replace("[", ".").replace("]", "").split("."), ""]:
        if isinstance(here, Mapping):
            named = here.get("clause") or here.get("basis")
            found = named if isinstance(named, str) else found
            here = here.get(part)
        elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            here = None
    return found
