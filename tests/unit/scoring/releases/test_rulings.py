"""Who may decide a list and rule on an objection, and what an upheld one rests on."""

import pytest

from services.scoring.domain.refusals import ObjectionAlreadyRuled, ObjectorCannotRule, RemedyDoesNotFitRuling
from services.scoring.domain.releases.life import require_decider
from services.scoring.domain.releases.rulings import require_remedy, require_rulable
from shared.errors import MakerCannotCheck


@pytest.mark.parametrize(("person", "ruled_by"), [("zhang", None), ("wang", "wang")])
def test_who_made_the_list_does_not_decide_it(person: str, ruled_by: str | None) -> None:
    with pytest.raises(MakerCannotCheck):
        require_decider(person, run_by="zhang", ruled_by=ruled_by)


@pytest.mark.parametrize("ruled_by", [None, "wang"])
def test_anybody_else_decides(ruled_by: str | None) -> None:
    require_decider("li", run_by="zhang", ruled_by=ruled_by)


@pytest.mark.parametrize("upheld", [True, False])
def test_an_upheld_objection_has_a_remedy_and_a_rejected_one_has_none(*, upheld: bool) -> None:
    require_remedy(upheld=upheld, remedied=upheld)
    with pytest.raises(RemedyDoesNotFitRuling):
        require_remedy(upheld=upheld, remedied=not upheld)


def test_an_objection_is_ruled_on_once_and_not_by_who_objected() -> None:
    require_rulable(1, ruled=False, filed_by="chen", person="li")
    with pytest.raises(ObjectionAlreadyRuled):
        require_rulable(1, ruled=True, filed_by="chen", person="li")
    with pytest.raises(ObjectorCannotRule):
        require_rulable(1, ruled=False, filed_by="chen", person="chen")
