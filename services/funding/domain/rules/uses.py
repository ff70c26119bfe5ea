"""What reward money is spent on: the uses that the incentive rules name, or the project that a grant went to."""

from collections.abc import Sequence
from typing import Final

from services.funding.domain.rules.vocabulary import Use
from shared.errors import Item

#: The use of a grant (27号 三(二), 重点项目): the project that it was given to.
KEY_PROJECT: Final = "key_project"


def use_problem(
    use: str, named: Sequence[Use] | None, *, consent: str | None, granted: bool = False
) -> Item | None:
    """Why the money cannot be planned for this use.

    ``named``: what the rules of the cluster's award name, empty where they leave it open, null where it has no award.
    ``granted``: the cluster has a grant to a key project of its own, which is spent on that project.
    """
    if granted and use == KEY_PROJECT:
        return None
    if named is not None and not named:
        return None
    found = next((entry for entry in named or () if entry.name.code == use), None)
    if found is None:
        known = [(entry.name.code, entry.name.zh, entry.name.en) for entry in named or ()]
        if granted:
            known.append((KEY_PROJECT, "补助的重点项目", "the key project of the grant"))
        zh = "、".join(f"{code}({zh})" for code, zh, _ in known)
        en = ", ".join(f"{code} ({en})" for code, _, en in known)
        return Item("use", "named-use", f"用途须为以下之一: {zh}", f"the use is one of: {en}")
    if found.needs_consent and consent is None:
        zh, en = (
            f"用途「{found.name.zh}」须有书面同意文号",
            f"{found.name.en}: the number of the written consent is needed",
        )
        return Item("consent_document_number", "use-needs-consent", zh, en)
    return None
