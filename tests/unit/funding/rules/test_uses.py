"""What reward money may be spent on."""

from services.funding.domain.rules.uses import use_problem
from services.funding.domain.rules.vocabulary import Named, Use
from shared.errors import Item
from shared.policy.source import Label, Source

OFFICIAL = Source(Label.OFFICIAL, "27号 三(二)", None)
USES = (
    Use(Named("brand_promotion", "品牌推广", "Brand promotion", OFFICIAL), needs_consent=False),
    Use(Named("other", "其他", "Other", OFFICIAL), needs_consent=True),
)


def test_other_uses_need_consent_and_unknown_ones_are_refused() -> None:
    assert use_problem("brand_promotion", USES, consent=None) is None
    assert use_problem("other", USES, consent="鄂发改函〔2024〕1号") is None
    found = [use_problem(use, USES, consent=None) for use in ("other", "key_project", "office")]
    assert [item and item.rule for item in found] == ["use-needs-consent", "named-use", "named-use"]
    assert found[-1] == Item(
        "use",
        "named-use",
        "用途须为以下之一: brand_promotion(品牌推广)、other(其他)",
        "the use is one of: brand_promotion (Brand promotion), other (Other)",
    )


def test_a_grant_is_spent_on_its_own_project_and_rules_may_leave_the_use_open() -> None:
    assert use_problem("key_project", None, consent=None, granted=True) is None
    assert use_problem("key_project", USES, consent=None, granted=True) is None
    refused = use_problem("brand_promotion", None, consent=None, granted=True)
    assert refused is not None
    assert refused.en == "the use is one of: key_project (the key project of the grant)"
    assert use_problem("anything", (), consent=None) is None
