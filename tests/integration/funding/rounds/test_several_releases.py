"""One round on several final releases of its year: holders and applicants on one list, from opening to issue."""

from copy import deepcopy
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from shared.contracts.award_list import AwardList
from shared.contracts.release import Release
from tests.support import programme
from tests.support.fingerprint import fingerprint
from tests.support.funding import (
    CLUSTERS,
    INCENTIVE,
    WAN,
    BelowFunding,
    FundingStory,
    client_of,
    designations_of,
    key,
    release_of,
)
from tests.support.people import AUDITOR, FINANCE_MAKER, FINANCE_REVIEWER, PROVINCE_OFFICER
from tests.support.registry_story import ok, refused
from tests.support.services import RunningService

BY_ORDER = {"rank_by": "order", "order": ["assessment", "application"], "label": "illustrative"}
BY_SCORE = {"rank_by": "score", "label": "illustrative"}
HOLDERS = release_of(CLUSTERS[:6], kind="assessment")
APPLICANTS = release_of(CLUSTERS[6:])
VERSIONS = {"order": BY_ORDER, "score": BY_SCORE}


@pytest.fixture
async def story(funding: RunningService, below_funding: BelowFunding) -> FundingStory:
    told = FundingStory(funding, below_funding)
    for release in (HOLDERS, APPLICANTS):
        below_funding.put(release)
    below_funding.designate(designations_of(release_of()))
    ok(await told.publish())
    for version, rule in VERSIONS.items():
        document = deepcopy(programme.document("incentive")) | {"version": version}
        document["reward"]["releases"] = rule
        ok(await told.publish(document))
    await told.record()
    return told


def several(
    version: str = "order", *, first: Release = APPLICANTS, further: Release = HOLDERS
) -> dict[str, Any]:
    return {
        "incentive_version": version,
        "release_sha256": first.sha256,
        "further_releases": [further.sha256],
    }


async def issued(story: FundingStory, code: str) -> AwardList:
    ok(await story.step(PROVINCE_OFFICER, code, "allocation"))
    ok(await story.step(PROVINCE_OFFICER, code, "proposal", {"note": "提出"}))
    ok(await story.step(FINANCE_REVIEWER, code, "review", {"decision": "approve", "minutes": "纪要"}))
    listed = ok(await story.step(FINANCE_MAKER, code, "issue"))
    content = await story.get(AUDITOR, f"/v1/award-lists/{listed['list_number']}/document")
    return AwardList.parse(content.content, expected_sha256=listed["sha256"])


async def test_holders_come_first_and_applicants_behind_them_on_one_list(story: FundingStory) -> None:
    opened = ok(await story.open_round(**several()))
    assert (opened["release_sha256"], opened["further_releases"]) == (HOLDERS.sha256, [APPLICANTS.sha256])
    document = await issued(story, opened["code"])
    assert (document.release_sha256, document.further_releases) == (HOLDERS.sha256, (APPLICANTS.sha256,))
    places = [(award.cluster, award.rank, award.amount_fen) for award in document.awards]
    prizes = [1_000] * 3 + [700] * 5 + [500] * 3
    assert places == [
        (f"{county}-01", rank, prize * WAN)
        for rank, ((county, _, _), prize) in enumerate(zip(CLUSTERS, prizes, strict=False), start=1)
    ]
    steps = ok(await story.get(AUDITOR, f"/v1/rounds/{opened['code']}/allocation"))["steps"]
    assert (steps[0]["step"], steps[0]["rule"]) == ("releases", "reward.releases=order; illustrative")
    told = {line["unit"]: line["zh"] for line in steps[0]["lines"]}
    assert told["420304-01"] == "申报评审第1名\uff0c合排第7名"
    compared = ok(await story.get(AUDITOR, f"/v1/rounds/{opened['code']}/comparison"))
    assert [row["rank"] for row in compared["clusters"]] == list(range(1, 14))


async def test_by_score_equals_of_both_releases_stand_together(story: FundingStory) -> None:
    opened = ok(await story.open_round(**several("score")))
    document = await issued(story, opened["code"])
    assert [award.rank for award in document.awards] == [1, 1, 3, 3, 5, 5, 7, 7, 9, 9, 11, 11]
    assert [award.amount_fen for award in document.awards[-2:]] == [
        250 * WAN
    ] * 2  # they split the last third prize
    # the first of the applicants shares the first place with the first of the holders
    assert {award.cluster for award in document.awards if award.rank == 1} == {"420115-01", "420304-01"}


async def test_every_release_is_verified_and_kept(story: FundingStory) -> None:
    before = await fingerprint(story.funding)
    unknown = several() | {"further_releases": ["sha256:" + "0" * 64]}
    assert (await story.open_round(**unknown)).status_code in (404, 409, 422)
    story.below.put(HOLDERS, signature="a.b.c")
    refused(await story.open_round(**several()), 422, "signature-invalid")
    story.below.put(HOLDERS)
    assert await fingerprint(story.funding) == before
    ok(await story.open_round(**several()))
    async with story.funding.database.transaction() as session:
        kept = set(await session.scalars(sa.text("SELECT sha256 FROM evidence WHERE kind = 'release'")))
    assert kept == {HOLDERS.sha256, APPLICANTS.sha256}


PROPOSED = release_of(
    CLUSTERS[:6], kind="assessment", stage="proposed", proposed_sha256=None, decision=None, notice=None
)
OTHERS: dict[str, tuple[Release, str, tuple[str, str]]] = {
    "not final": (PROPOSED, "release-not-final", ("further_releases[0]", "release-not-final")),
    "another programme": (
        release_of(CLUSTERS[:6], kind="assessment", programme="sme-clusters"),
        "release-of-other-programme",
        ("further_releases[0]", "release-of-other-programme"),
    ),
    "another year": (
        release_of(CLUSTERS[:6], kind="assessment", assessment_year=2023),
        "releases-do-not-fit",
        ("further_releases[0]", "same-assessment-year"),
    ),
    "another scheme": (
        release_of(
            CLUSTERS[:6],
            kind="assessment",
            scheme={"id": "holders", "version": "1", "sha256": "sha256:" + "8" * 64},
        ),
        "releases-do-not-fit",
        ("further_releases[0]", "same-scheme"),
    ),
    "a cluster of the first": (
        release_of(CLUSTERS[:7], kind="assessment"),
        "releases-do-not-fit",
        ("420304-01", "unit-in-several"),
    ),
}


@pytest.mark.parametrize("which", OTHERS)
async def test_what_does_not_stand_beside_the_first_is_refused(story: FundingStory, which: str) -> None:
    other, code, reason = OTHERS[which]
    story.below.put(other)
    before = await fingerprint(story.funding)
    answer = await story.open_round(**several("score", further=other))
    problem = refused(answer, answer.status_code, code)
    assert answer.status_code in (409, 422)
    assert reason in [(item["field"], item["rule"]) for item in problem["errors"]]
    assert await fingerprint(story.funding) == before


async def test_a_superseded_release_is_named(story: FundingStory) -> None:
    newer = release_of(CLUSTERS[:6], kind="assessment", number=2, supersedes=HOLDERS.sha256)
    story.below.put(newer)
    problem = refused(await story.open_round(**several()), 409, "release-superseded")
    assert [item["field"] for item in problem["errors"]] == ["further_releases[0]"]


async def test_without_a_rule_and_twice_the_same_are_refused(story: FundingStory) -> None:
    asked = len(story.below.asked)
    answer = await story.open_round(**several(INCENTIVE[1]))
    refused(answer, 409, "several-releases-without-rule")
    assert len(story.below.asked) == asked  # nobody is asked for documents that no rule takes
    twice = several("order", first=HOLDERS, further=HOLDERS)
    problem = refused(await story.open_round(**twice), 409, "releases-do-not-fit")
    assert ("further_releases[0]", "release-once") in [
        (item["field"], item["rule"]) for item in problem["errors"]
    ]


async def test_one_release_under_such_rules_is_a_round_like_any(story: FundingStory) -> None:
    opened = ok(await story.open_round(incentive_version="order", release_sha256=APPLICANTS.sha256))
    assert (opened["release_sha256"], opened["further_releases"]) == (APPLICANTS.sha256, [])
    document = await issued(story, opened["code"])
    assert b"further_releases" not in document.canonical()


async def test_a_second_reward_of_the_year_states_its_ground_whatever_releases_it_rests_on(
    story: FundingStory,
) -> None:
    ok(await story.open_round(**several()))
    await story.record(
        story.appropriation(code="second", fiscal_year=2026, document_number="鄂财预〔2024〕2号")
    )
    alone = {"appropriation": "second", "release_sha256": APPLICANTS.sha256}
    refused(await story.open_round(**alone), 409, "second-reward-without-ground")


def drawn(release: Release, units: dict[str, dict[str, float]], *, draws: int = 100) -> dict[str, Any]:
    result = {"draws": draws, "seed": 1, "units": {unit: {"p_rank": ranks} for unit, ranks in units.items()}}
    return {
        "release_sha256": release.sha256, "state": "done", "done": draws, "total": draws, "problem": None,
        "result": result,
    }  # fmt: skip


async def test_draws_of_a_release_behind_another_hold_from_its_place_on(story: FundingStory) -> None:
    """The eighth place is the second of the applicants: the last second prize."""
    swapped = {"420325-01": {"2": 0.75, "3": 0.25}, "420506-01": {"2": 0.25, "3": 0.75}}
    story.below.robustness[HOLDERS.sha256] = drawn(HOLDERS, {})
    story.below.robustness[APPLICANTS.sha256] = drawn(APPLICANTS, swapped)
    client = client_of(story.funding, PROVINCE_OFFICER)
    opened = await client.open_round(
        appropriation="2024-incentive",
        incentive=INCENTIVE[0],
        incentive_version="order",
        release_sha256=APPLICANTS.sha256,
        further_releases=[HOLDERS.sha256],
        key=key(),
    )
    made = await client.simulate(opened.code, variants=[{"name": "现行规则"}], key=key())
    assert (made.release_sha256, made.further_releases) == (HOLDERS.sha256, [APPLICANTS.sha256])
    second = made.stakes["cuts"][1]
    assert (second["tier"], second["last_rank"], second["at_stake_fen"]) == ("second", 8, 50 * WAN)
    exposed = {unit["unit"]: (unit["rank"], unit["draws_inside"]) for unit in second["units"]}
    assert exposed == {"420325-01": (8, 75), "420506-01": (9, 25)}
    by_score = {"name": "按得分", "incentive": INCENTIVE[0], "incentive_version": "score"}
    beside = await client.simulate(opened.code, variants=[{"name": "现行规则"}, by_score], key=key())
    assert (beside.stakes["available"], beside.stakes["cuts"]) == (False, [])
    assert [variant.refusal for variant in beside.variants] == [None, None]
    plain = {"name": "单份", "incentive": INCENTIVE[0], "incentive_version": INCENTIVE[1]}
    refused_ = (await client.simulate(opened.code, variants=[plain], key=key())).variants[0].refusal
    assert refused_ is not None
    assert refused_["code"] == "several-releases-without-rule"


async def test_the_database_takes_no_round_on_a_release_that_it_does_not_keep_or_has_twice(
    story: FundingStory,
) -> None:
    ok(await story.open_round(**several()))
    copied = sa.text(
        "INSERT INTO round SELECT (jsonb_populate_record(r, jsonb_build_object('code', 'x', 'number', 99, "
        "'state', 'withdrawn', 'further_releases', jsonb_build_array(CAST(:sha256 AS text))))).* FROM round r"
    )
    for sha256 in ("sha256:" + "0" * 64, HOLDERS.sha256):
        with pytest.raises(IntegrityError):
            async with story.funding.database.transaction() as session:
                await session.execute(copied, {"sha256": sha256})
