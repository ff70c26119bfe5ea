"""Several final releases of one year as one list: which go together, and the rank of each unit among all of them."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise
from typing import Final

from services.funding.domain.inputs.candidates import Candidate, Released
from services.funding.domain.refusals import ReleasesDoNotFit, SeveralReleasesWithoutRule
from services.funding.domain.rules.releases import RankedBy, ReleasesRule
from shared.contracts.release import Release
from shared.contracts.snapshot import RoundKind
from shared.errors import Item

#: How the results of a kind of filing round are called in messages.
KIND_NAMES: Final[Mapping[RoundKind, tuple[str, str]]] = {
    "application": ("申报评审", "the review of applications"),
    "assessment": ("年度评估", "the yearly assessment"),
}


@dataclass(frozen=True, slots=True)
class ReleasedList:
    """A release and its units as candidates."""

    release: Release
    candidates: tuple[Candidate, ...]


def release_field(place: int) -> str:
    """Where a round names its release at this place."""
    return "release_sha256" if place == 0 else f"further_releases[{place - 1}]"


def put_in_order(rule: ReleasesRule | None, releases: Sequence[Release]) -> tuple[Release, ...]:
    """The same whatever order they are named in: that of the rule, else by kind and hash.

    Refuses several without a rule, and those that cannot be one list, with every reason.
    """
    check_several(rule, count=len(releases))
    if rule is None or len(releases) == 1:
        return tuple(releases)
    items = [
        *_years(releases),
        *_kinds(rule, releases),
        *_scales(rule, releases),
        *_in_several(rule, releases),
    ]
    if items:
        raise ReleasesDoNotFit(
            f"所列{len(releases)}份评估结果不能合为一个名单（reward.releases；{rule.source.cited}），共{len(items)}处",
            f"The {len(releases)} releases cannot be one list (reward.releases; {rule.source.cited}): "
            f"{len(items)} reason(s)",
            items=items[:100],
        )
    return tuple(sorted(releases, key=lambda release: (_place(rule, release), release.kind, release.sha256)))


def check_several(rule: ReleasesRule | None, *, count: int) -> None:
    """Refuses several releases where the rules know of one only."""
    if rule is None and count > 1:
        raise SeveralReleasesWithoutRule(
            f"激励规则没有 reward.releases，一个轮次只能依据一份评估结果，现为{count}份",
            f"The incentive rules have no reward.releases: a round rests on one release, not on {count}",
        )


def join_lists(rule: ReleasesRule | None, lists: Sequence[ReleasedList]) -> tuple[Candidate, ...]:
    """One list with competition ranks over all (1, 2, 2, 4); equals share a rank. A single list stays as released."""
    ordered = put_in_order(rule, [held.release for held in lists])
    if rule is None or len(lists) == 1:
        return lists[0].candidates
    by_hash, times = {held.release.sha256: held for held in lists}, _times(ordered)
    standing = [
        (place, release.kind, candidate)
        for place, release in enumerate(ordered)
        for candidate in by_hash[release.sha256].candidates
        if times[candidate.unit] == 1 or release.kind == rule.in_several
    ]
    keys = [_key(rule, place, unit) for place, _, unit in standing if unit.rank is not None]
    first_place: dict[tuple[int, Decimal], int] = {}
    for number, key in enumerate(sorted(keys), start=1):
        first_place.setdefault(key, number)
    return tuple(
        replace(
            candidate,
            rank=None if candidate.rank is None else first_place[_key(rule, place, candidate)],
            released=Released(kind, candidate.rank),
        )
        for place, kind, candidate in standing
    )


def stand_as_wholes(rule: ReleasesRule | None, lists: Sequence[ReleasedList]) -> bool:
    """Whether the list is one release, or one behind the other with all their units: whatever ranks a release might
    have given, they would begin behind the same units."""
    if len(lists) == 1:
        return True
    units = _times([held.release for held in lists])
    return rule is not None and rule.ranked_by is RankedBy.ORDER and max(units.values(), default=1) == 1


def _place(rule: ReleasesRule, release: Release) -> int:
    return rule.order.index(release.kind) if rule.ranked_by is RankedBy.ORDER else 0


def _key(rule: ReleasesRule, place: int, candidate: Candidate) -> tuple[int, Decimal]:
    if rule.ranked_by is RankedBy.ORDER:
        return place, Decimal(candidate.rank or 0)
    return 0, -(candidate.score or Decimal(0))


def _times(releases: Sequence[Release]) -> Counter[str]:
    return Counter(unit.unit for release in releases for unit in release.units)


def _years(releases: Sequence[Release]) -> Iterator[Item]:
    first = releases[0]
    for place, release in enumerate(releases):
        at = release_field(place)
        if release in releases[:place]:
            yield Item(at, "release-once", "同一评估结果列了两次", "the release is named twice")
        elif release.assessment_year != first.assessment_year:
            zh = f"属于{release.assessment_year}年度，第一份属于{first.assessment_year}年度"
            en = (
                f"its assessment year is {release.assessment_year}, that of the first {first.assessment_year}"
            )
            yield Item(at, "same-assessment-year", zh, en)


def _kinds(rule: ReleasesRule, releases: Sequence[Release]) -> Iterator[Item]:
    """One behind the other: two of one kind have no order among themselves."""
    if rule.ranked_by is not RankedBy.ORDER:
        return
    for place, release in enumerate(releases):
        if any(earlier.kind == release.kind for earlier in releases[:place]):
            zh, en = KIND_NAMES[release.kind]
            yield Item(
                release_field(place),
                "one-release-of-a-kind",
                f"{zh}已有一份评估结果，规则未规定同类结果的先后（rank_by: order）",
                f"there is a release of {en} already, and rank_by: order does not order two of one kind",
            )


def _scales(rule: ReleasesRule, releases: Sequence[Release]) -> Iterator[Item]:
    """By score: one scheme (one scale of scores and grades), figures of one year, ranks that follow the scores."""
    if rule.ranked_by is not RankedBy.SCORE:
        return
    first = releases[0]
    for place, release in enumerate(releases):
        at, scheme = release_field(place), release.scheme
        if scheme != first.scheme:
            zh = f"评估方案为 {scheme.id} {scheme.version}，第一份为 {first.scheme.id} {first.scheme.version}"
            en = (
                f"its scheme is {scheme.id} {scheme.version}, "
                f"that of the first {first.scheme.id} {first.scheme.version}"
            )
            yield Item(at, "same-scheme", f"{zh}；得分不可比", f"{en}: their scores do not compare")
        if release.data_year != first.data_year:
            zh = f"数据年度为{release.data_year}，第一份为{first.data_year}；得分不可比"
            en = f"its data year is {release.data_year}, that of the first {first.data_year}: scores do not compare"
            yield Item(at, "same-data-year", zh, en)
        yield from _ranks_follow_scores(release, at)


def _ranks_follow_scores(release: Release, at: str) -> Iterator[Item]:
    ranked = [unit for unit in release.units if unit.rank is not None]
    ranked.sort(key=lambda unit: (unit.rank or 0, unit.unit))
    for ahead, behind in pairwise(ranked):
        if ahead.score is None or behind.score is None or Decimal(behind.score) > Decimal(ahead.score):
            zh = (
                f"名次不随得分：{behind.unit} 第{behind.rank}名，{behind.score}分；"
                f"{ahead.unit} 第{ahead.rank}名，{ahead.score}分"
            )
            en = (
                f"its ranks do not follow the scores: {behind.unit} has rank {behind.rank} with {behind.score}, "
                f"{ahead.unit} rank {ahead.rank} with {ahead.score}"
            )
            yield Item(at, "ranks-follow-scores", zh, en)
            return


def _in_several(rule: ReleasesRule, releases: Sequence[Release]) -> Iterator[Item]:
    """A unit in several releases: the rule says which result counts, and that is exactly one of them."""
    kinds: dict[str, list[RoundKind]] = {}
    for release in {release.sha256: release for release in releases}.values():
        for unit in release.units:
            kinds.setdefault(unit.unit, []).append(release.kind)
    for code, held in sorted(kinds.items()):
        if len(held) > 1 and (rule.in_several is None or held.count(rule.in_several) != 1):
            zh = "、".join(KIND_NAMES[kind][0] for kind in held)
            en = " and ".join(KIND_NAMES[kind][1] for kind in held)
            told_zh = f"{code} 在{len(held)}份评估结果中（{zh}），规则未规定以哪一份为准（in_several）"
            told_en = (
                f"{code} is in {len(held)} releases ({en}), and in_several does not say which one counts"
            )
            yield Item(code, "unit-in-several", told_zh, told_en)
