"""Several releases of a year as one list: by score or one behind the other, and what cannot be one list."""

from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.inputs.candidates import Candidate, candidates_of
from services.funding.domain.inputs.released_lists import (
    ReleasedList,
    join_lists,
    put_in_order,
    stand_as_wholes,
)
from services.funding.domain.refusals import ReleasesDoNotFit, SeveralReleasesWithoutRule
from services.funding.domain.rules.releases import ReleasesRule
from shared.contracts.release import Release
from shared.text.money import FEN_PER_WAN
from tests.support.funding import CLUSTERS, designations_of, release_of
from tests.unit.funding.reward import document, found, rules, tier

HOLDERS = release_of(CLUSTERS[:3], kind="assessment")
APPLICANTS = release_of(CLUSTERS[3:6])
BY_SCORE = {"rank_by": "score", "label": "illustrative"}
BY_ORDER = {"rank_by": "order", "order": ["assessment", "application"], "label": "illustrative"}


def rule_of(releases: dict[str, Any]) -> ReleasesRule:
    read = rules(releases=releases).releases
    assert read is not None
    return read


def lists_of(*releases: Release) -> list[ReleasedList]:
    return [ReleasedList(release, candidates_of(release, designations_of(release))) for release in releases]


def joined(releases: dict[str, Any], *given_: Release) -> dict[str, int | None]:
    return ranks_of(join_lists(rule_of(releases), lists_of(*given_)))


def ranks_of(candidates: Sequence[Candidate]) -> dict[str, int | None]:
    return {candidate.unit: candidate.rank for candidate in candidates}


def reasons(releases: dict[str, Any], *given_: Release) -> list[tuple[str, str]]:
    with pytest.raises(ReleasesDoNotFit) as refused:
        put_in_order(rule_of(releases), given_)
    assert all(item.zh and item.en for item in refused.value.items)
    return [(item.field, item.rule) for item in refused.value.items]


def test_by_order_one_release_stands_behind_the_other_in_its_released_ranks() -> None:
    units = [f"{county}-01" for county, _, _ in CLUSTERS[:6]]
    assert joined(BY_ORDER, HOLDERS, APPLICANTS) == dict(zip(units, range(1, 7), strict=True))
    reverse = BY_ORDER | {"order": ["application", "assessment"]}
    behind = joined(reverse, HOLDERS, APPLICANTS)
    assert [behind[unit] for unit in units] == [4, 5, 6, 1, 2, 3]


def test_by_score_equals_of_both_releases_share_a_competition_rank() -> None:
    # both have the scores 99, 98, 97
    ranks = joined(BY_SCORE, HOLDERS, APPLICANTS)
    assert sorted(rank or 0 for rank in ranks.values()) == [1, 1, 3, 3, 5, 5]
    assert ranks["420115-01"] == ranks["420281-01"] == 1


def test_ties_of_a_release_and_units_without_a_rank_stay_what_they_are() -> None:
    out = {"420984": {"rank": None, "score": None}}
    holders = release_of(CLUSTERS[:4], kind="assessment", ranks=[1, 4, 2, 2], changed_units=out)
    assert joined(BY_ORDER, holders, release_of(CLUSTERS[4:5])) == {
        "420115-01": 1,
        "420984-01": None,
        "420581-01": 2,
        "420281-01": 2,
        "421303-01": 4,
    }


@pytest.mark.parametrize("rule", [BY_SCORE, BY_ORDER], ids=["score", "order"])
def test_the_order_in_which_releases_are_named_changes_nothing(rule: dict[str, Any]) -> None:
    found_ = [
        (put_in_order(rule_of(rule), named), join_lists(rule_of(rule), lists_of(*named)))
        for named in permutations((HOLDERS, APPLICANTS))
    ]
    assert found_[0] == found_[1]


def test_one_release_stays_as_it_was_released() -> None:
    (alone,) = lists_of(HOLDERS)
    for rule in (None, rule_of(BY_SCORE), rule_of(BY_ORDER)):
        assert join_lists(rule, [alone]) == alone.candidates


def test_several_without_a_rule_are_refused() -> None:
    with pytest.raises(SeveralReleasesWithoutRule):
        put_in_order(rules().releases, (HOLDERS, APPLICANTS))


def test_what_cannot_be_one_list_by_score_is_told_with_every_reason() -> None:
    scheme = {"id": "another", "version": "2024.1", "sha256": "sha256:" + "9" * 64}
    other = release_of(CLUSTERS[3:6], scheme=scheme, assessment_year=2025, data_year=2024)
    assert reasons(BY_SCORE, HOLDERS, other) == [
        ("further_releases[0]", "same-assessment-year"),
        ("further_releases[0]", "same-scheme"),
        ("further_releases[0]", "same-data-year"),
    ]
    against = {"420281": {"score": "1"}}
    assert reasons(BY_SCORE, release_of(CLUSTERS[3:6], changed_units=against), HOLDERS) == [
        ("release_sha256", "ranks-follow-scores")
    ]
    assert joined(BY_ORDER, release_of(CLUSTERS[3:6], scheme=scheme), HOLDERS)


def test_two_of_one_kind_have_no_order_but_scores_that_compare() -> None:
    second = release_of(CLUSTERS[3:6], kind="assessment")
    assert reasons(BY_ORDER, HOLDERS, second) == [("further_releases[0]", "one-release-of-a-kind")]
    assert joined(BY_SCORE, HOLDERS, second)["420281-01"] == 1


def test_a_release_named_twice_is_refused() -> None:
    assert ("further_releases[0]", "release-once") in reasons(BY_SCORE, HOLDERS, HOLDERS)


def test_a_unit_in_two_releases_is_refused_or_counts_where_the_rule_says() -> None:
    again = release_of(CLUSTERS[2:6])
    twice = "420581-01"  # the last of the holders, the first of the applicants
    for rule in (BY_SCORE, BY_ORDER):
        assert reasons(rule, HOLDERS, again) == [(twice, "unit-in-several")]
    ranks = joined(BY_ORDER | {"in_several": "assessment"}, HOLDERS, again)
    assert (ranks[twice], ranks["420281-01"]) == (3, 4)
    ranks = joined(BY_ORDER | {"in_several": "application"}, HOLDERS, again)
    assert (ranks["420984-01"], ranks[twice], ranks["420281-01"]) == (2, 3, 4)
    of_one_kind = release_of(CLUSTERS[2:6], kind="assessment")
    both = BY_SCORE | {"in_several": "assessment"}
    assert reasons(both, HOLDERS, of_one_kind) == [(twice, "unit-in-several")]


def test_draws_hold_only_where_each_release_stands_as_a_whole() -> None:
    again = release_of(CLUSTERS[2:6])
    counted = rule_of(BY_ORDER | {"in_several": "assessment"})
    assert stand_as_wholes(rule_of(BY_ORDER), lists_of(HOLDERS, APPLICANTS))
    assert not stand_as_wholes(counted, lists_of(HOLDERS, again))
    assert not stand_as_wholes(rule_of(BY_SCORE), lists_of(HOLDERS, APPLICANTS))
    assert stand_as_wholes(None, lists_of(HOLDERS))


def test_the_allocation_tells_each_rank_of_before_and_of_all() -> None:
    reward = rules(tiers=[tier("first", 2, 1000, ties="split")], releases=BY_SCORE, tie_keys=None)
    candidates = join_lists(reward.releases, lists_of(HOLDERS, APPLICANTS))
    made = allocate(reward, candidates, pool_fen=8_000 * FEN_PER_WAN)
    first = made.steps[0]
    assert (first.step, first.numbers) == ("releases", {"application_units": 3, "assessment_units": 3})
    told = {line.unit: line.en for line in first.lines}
    assert told["420581-01"] == "rank 3 in the yearly assessment, rank 5 of all"
    assert [(award.candidate.unit, award.rank) for award in made.awards] == [
        ("420115-01", 1),
        ("420281-01", 1),
    ]
    (alone,) = lists_of(HOLDERS)
    assert allocate(reward, alone.candidates, pool_fen=8_000 * FEN_PER_WAN).steps[0].step == "reserve"


def test_the_rule_is_read_strictly() -> None:
    assert found(document(releases={"label": "illustrative"})) == {("reward.releases.rank_by", "missing-key")}
    assert found(document(releases={**BY_SCORE, "order": ["assessment", "application"]})) == {
        ("reward.releases.order", "order-with-rank-by-order")
    }
    assert found(document(releases={"rank_by": "order"})) == {
        ("reward.releases.order", "order-with-rank-by-order")
    }
    assert found(document(releases={**BY_ORDER, "order": ["assessment"]})) == {
        ("reward.releases.order", "every-kind-once")
    }
    assert found(document(releases={**BY_SCORE, "in_several": "best", "clause": "27号 三(五)"})) == {
        ("reward.releases.in_several", "choice-expected"),
        ("reward.releases.clause", "clause-of-own-rule"),
    }
    within = {"within": "strata", "label": "illustrative"}
    places = tier("first", {"west": 1}, 10)
    strata = {"column": "county", "sets": {"west": ["421303"]}, "label": "illustrative"}
    assert found(document(tiers=[places], releases=BY_SCORE, ranking=within, strata=strata)) == {
        ("reward.releases", "ranks-of-one-list")
    }
    assert found(document(releases=BY_ORDER, ranking={"by": "score"})) == {
        ("reward.ranking.by", "ranks-of-the-release"),
        ("reward.ranking.by", "one-way-to-ranks"),
    }


@given(
    st.lists(st.integers(1, 20), min_size=1, max_size=6), st.lists(st.integers(1, 20), min_size=1, max_size=7)
)
def test_ranks_by_score_are_those_of_a_plain_count(first: list[int], second: list[int]) -> None:
    """A unit's rank is one more than the units with a higher score, wherever they were released."""

    def release(scores: list[int], clusters: Sequence[tuple[str, str | None, str]], kind: str) -> Release:
        scores = sorted(scores, reverse=True)
        own = {
            county: {"score": str(score), "rank": scores.index(score) + 1}
            for (county, _, _), score in zip(clusters, scores, strict=True)
        }
        return release_of(clusters, kind=kind, changed_units=own)

    releases = (
        release(first, CLUSTERS[: len(first)], "assessment"),
        release(second, CLUSTERS[6 : 6 + len(second)], "application"),
    )
    scores = {unit.unit: int(unit.score or 0) for held in releases for unit in held.units}
    assert joined(BY_SCORE, *releases) == {
        unit: 1 + sum(other > score for other in scores.values()) for unit, score in scores.items()
    }
