"""Units (单位: offices) that are told apart by what somebody wrote: an id, or a name as a person typed it.

    unit_key(" 省发改委\\u200b")  "省发改委"
    unit_key("ＤＲＣ 01")        "drc01"
    is_another_unit("发改委 ", ["发改委"])   False

Two spellings that nobody can tell apart on paper are one unit: width, case, blanks and invisible characters do not
count. A unit that is not known is nobody's "another": whoever must be of another unit has to name theirs.
"""

from collections.abc import Iterable

from shared.text.hygiene import UnfitCharacter, key


def unit_key(unit: str) -> str:
    """What a unit is compared by; empty where nothing is to be seen, or where a character is that no name may hold."""
    try:
        return "".join(key(unit).split())
    except UnfitCharacter:
        return ""


def is_same_unit(unit: str | None, other: str) -> bool:
    """Whether both are known and one."""
    return unit is not None and unit_key(unit) != "" and unit_key(unit) == unit_key(other)


def is_another_unit(unit: str, than: Iterable[str]) -> bool:
    """Whether a unit is known, and other than each of these, which must be known too."""
    own, others = unit_key(unit), {unit_key(other) for other in than}
    return own != "" and own not in others and "" not in others


def told_of_units(unit: str, makers: Iterable[str]) -> tuple[str, str]:
    """Why a review by a unit is not one by another unit, in Chinese and English."""
    if not unit_key(unit):
        return (
            "审核须由另一单位进行:您的访问令牌未注明单位",
            "The review must be by another unit; your access token does not say which unit you are of",
        )
    if unit_key(unit) in {unit_key(maker) for maker in makers}:
        return (
            f"审核须由另一单位进行({unit.strip()} 参与了编制)",
            f"The review must be by another unit than {unit.strip()}, which took part in making it",
        )
    return (
        "审核须由另一单位进行:编制人的单位不明,请撤回后重新提出",
        "The review must be by another unit, and the unit of a maker is not known; withdraw it and make it anew",
    )
