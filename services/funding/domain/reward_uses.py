"""What reward money is for: the named uses of 27号 三(二), and others with written consent."""

from typing import Final

from shared.errors import Item

#: 27号 三(二): 重点支持公共服务平台、科技创新平台、产业转移; also 关键共性技术, 品牌推广; *other* (等) with consent.
REWARD_USES: Final = {
    "public_service_platform": ("公共服务平台", "Public service platform"),
    "technology_platform": ("科技创新平台", "Science and technology platform"),
    "industry_transfer": ("产业转移", "Industry transfer"),
    "common_key_technology": ("关键共性技术", "Common key technology"),
    "brand_promotion": ("品牌推广", "Brand promotion"),
    "other": ("其他(须书面同意)", "Other, with written consent"),
}


#: 27号 三(二): what a grant to a key project is spent on.
KEY_PROJECT: Final = "key_project"


def use_problem(use: str, *, consent: str | None, granted: bool = False) -> Item | None:
    """``granted``: the quota is a grant to a key project (too), which may be spent on that project."""
    if granted and use == KEY_PROJECT:
        return None
    if use not in REWARD_USES:
        known = ", ".join(REWARD_USES)
        return Item("use", "named-use", f"用途须为以下之一: {known}", f"the use is one of {known}")
    if use == "other" and consent is None:
        zh, en = "其他用途须有书面同意文号", "another use needs the document number of its written consent"
        return Item("consent_document_number", "other-use-needs-consent", zh, en)
    return None
