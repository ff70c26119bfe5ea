"""Bond priority: each project's own test under an instrument (27号 三(二)).

Being listed gives priority only; the test decides whether a project is listed at all. Every reason against it is given,
not only the first. A project is judged by the negative list that is in force on the day of its test. The order of the
list (rank of the cluster, then project code) follows the programme's mission.
"""

import calendar
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from services.funding.domain.rules.incentive import Instrument
from shared.contracts.designation_set import Designation, DesignationSet, DesignationStatus
from shared.contracts.release import Release, ReleaseUnit

#: How a status is called in messages; none: the cluster was never decided on.
STATUS_NAMES: Final[Mapping[DesignationStatus | None, tuple[str, str]]] = {
    "designated": ("已认定", "designated"),
    "cultivated": ("为重点培育集群", "a priority-cultivation cluster"),
    "refused": ("未获认定", "refused"),
    "rectification": ("处于限期整改", "in its rectification period"),
    "removed": ("已被移出", "removed"),
    None: ("没有认定", "without a designation"),
}


@dataclass(frozen=True, slots=True)
class Approval:
    kind: str
    document_number: str


@dataclass(frozen=True, slots=True)
class Project:
    """``division_path`` is the way down to its county; ``classification`` is a code of the negative list, or null;
    ``revenue_cover`` is revenue over debt service."""

    code: str
    name: str
    county_code: str
    division_path: Sequence[str]
    cluster: str
    unit: str
    investment_fen: int
    use: str
    consent_document_number: str | None
    revenue_cover: Decimal | None
    approvals: tuple[Approval, ...]
    classification: str | None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a project is not listed: the rule that it breaks, with its clause."""

    rule: str
    cited: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class ProjectResult:
    """A project's result. It is listed if there is no reason against it."""

    project: Project
    cluster_rank: int | None
    division_path: tuple[str, ...]
    reasons: tuple[Reason, ...]
    valid_from: date | None
    valid_to: date | None

    @property
    def listed(self) -> bool:
        return not self.reasons


def check_projects(
    instrument: Instrument,
    projects: Sequence[Project],
    *,
    designations: DesignationSet,
    release: Release,
    listed_on: date,
    kept: Callable[[str], str] = str,
) -> list[ProjectResult]:
    """Each by its own test, with its cluster's designation and result; ``kept`` tells of a recoded county under which
    code its things are kept."""
    held = {entry.cluster: entry for entry in designations.designations}
    results = {unit.unit: unit for unit in release.units}
    return [
        check_project(
            instrument,
            project,
            designation=held.get(project.cluster),
            result=results.get(project.cluster),
            release_sha256=release.sha256,
            listed_on=listed_on,
            kept=kept,
        )
        for project in projects
    ]


def check_project(
    instrument: Instrument,
    project: Project,
    *,
    designation: Designation | None,
    result: ReleaseUnit | None,
    release_sha256: str,
    listed_on: date,
    kept: Callable[[str], str] = str,
) -> ProjectResult:
    """The project's own test, as of the day of listing; ``release_sha256``: of the release that ``result`` is from."""
    reasons = (
        *_cluster_reasons(instrument, project, designation, result, kept),
        *_release_reasons(instrument, designation, release_sha256),
        *_use_reasons(instrument, project),
        *_negative_list_reasons(instrument, project, listed_on),
        *_cover_reasons(instrument, project),
        *_approval_reasons(instrument, project),
    )
    return ProjectResult(
        project=project,
        cluster_rank=None if result is None else result.rank,
        division_path=() if designation is None else designation.division_path,
        reasons=reasons,
        valid_from=None if reasons else listed_on,
        valid_to=None if reasons else months_after(listed_on, instrument.valid_months) - timedelta(days=1),
    )


def months_after(day: date, months: int) -> date:
    """The same day some months later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _cluster_reasons(
    instrument: Instrument,
    project: Project,
    designation: Designation | None,
    result: ReleaseUnit | None,
    kept: Callable[[str], str],
) -> Iterator[Reason]:
    cited = instrument.name.source.cited
    statuses = {status.value for status in instrument.statuses}
    if designation is None or designation.status not in statuses:
        zh, en = STATUS_NAMES[None if designation is None else designation.status]
        yield Reason(
            "cluster_not_designated",
            cited,
            f"所属集群 {project.cluster} 目前{zh}",
            f"its cluster {project.cluster} is {en} now",
        )
    if designation is not None and kept(designation.county_code) != kept(project.county_code):
        yield Reason(
            "county_of_other_cluster",
            cited,
            f"项目所在县({project.county_code})与集群所在县({designation.county_code})不一致",
            f"the project lies in {project.county_code}, its cluster in {designation.county_code}",
        )
    if result is None or result.rank is None or result.removed is not None:
        cited = instrument.order_source.cited
        zh, en = "所属集群在本次评估中没有有效名次", "its cluster has no valid rank in the release"
        yield Reason("cluster_not_ranked", cited, zh, en)


def _release_reasons(
    instrument: Instrument, designation: Designation | None, release_sha256: str
) -> Iterator[Reason]:
    """The rank is that of the release by which the cluster holds its status today, not of an older one."""
    if designation is not None and designation.release_sha256 != release_sha256:
        yield Reason(
            "release_not_current",
            instrument.order_source.cited,
            f"所属集群的现行状态来自另一评估结果({designation.release_sha256})",
            f"its cluster holds its present status by another release ({designation.release_sha256})",
        )


def _use_reasons(instrument: Instrument, project: Project) -> Iterator[Reason]:
    use = instrument.use(project.use)
    if use is None:
        zh = "、".join(entry.name.zh for entry in instrument.uses)
        en = ", ".join(entry.name.en for entry in instrument.uses)
        yield Reason(
            "use_not_named",
            instrument.name.source.cited,
            f"用途 {project.use} 不在规定范围({zh})",
            f"the use {project.use} is none of: {en}",
        )
    elif use.needs_consent and project.consent_document_number is None:
        zh, en = "其他用途须有书面同意文号", "another use needs a written consent with its document number"
        yield Reason("consent_missing", use.name.source.cited, zh, en)


def _negative_list_reasons(instrument: Instrument, project: Project, day: date) -> Iterator[Reason]:
    """By the list in force on that day, first of all 一般竞争性产业项目. An unknown classification is no excuse."""
    listing = instrument.list_in_force(day)
    if project.classification is None or (listing is not None and listing.excepts(project.classification)):
        return
    entry = None if listing is None else listing.item(project.classification)
    if entry is None:
        cited = instrument.name.source.cited if listing is None else listing.document.number
        zh = f"项目分类 {project.classification} 不能识别"
        en = f"the classification {project.classification} is not known"
        yield Reason("classification_unknown", cited, zh, en)
        return
    yield Reason(
        entry.name.code,
        entry.name.source.cited,
        f"属于{instrument.name.zh}负面清单:{entry.name.zh}",
        f"on the negative list of the {instrument.name.en}: {entry.name.en}",
    )


def _cover_reasons(instrument: Instrument, project: Project) -> Iterator[Reason]:
    minimum, cited = instrument.minimum_revenue_cover, instrument.revenue_cover_source.cited
    if project.revenue_cover is None:
        yield Reason("revenue_cover_missing", cited, "没有收益覆盖测算", "it has no revenue cover")
    elif project.revenue_cover < minimum:
        yield Reason(
            "revenue_cover_too_low",
            cited,
            f"收益覆盖倍数 {project.revenue_cover} 低于 {minimum}",
            f"its revenue cover of {project.revenue_cover} is below {minimum}",
        )


def _approval_reasons(instrument: Instrument, project: Project) -> Iterator[Reason]:
    held = {approval.kind for approval in project.approvals}
    for needed in instrument.required_approvals:
        if needed.code not in held:
            yield Reason(
                "approval_missing", needed.source.cited, f"缺少:{needed.zh}", f"missing: {needed.en}"
            )
