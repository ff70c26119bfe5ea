"""Clusters and what a county may name at most (27号 二(一))."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.registry.domain.programme.documents import Caps, Programme
from shared.errors import Item, Kind, Refusal
from shared.text.hygiene import key


@dataclass(frozen=True, slots=True)
class Cluster:
    """A county industry cluster. ``code`` is its business code: the county's code and a running number.

    ``leading_industry`` names an entry of the county's register of leading industries, which alone says its class.
    """

    code: str
    county_code: str
    name: str
    leading_industry: str
    class_51020: str | None
    industry_codes: tuple[str, ...]
    in_focus: bool
    waiver_reason: str | None


@dataclass(frozen=True, slots=True)
class LeadingIndustry:
    """A rooted leading industry (根植性主导产业) of a county, as its register has it."""

    name: str
    class_51020: str | None


class ClassDiffers(Refusal):
    """The register says another 51020 class of the leading industry."""

    code = "class-differs"


class ClusterNameTaken(Refusal):
    kind = Kind.CONFLICT
    code = "cluster-name-taken"


class IndustryNotKnown(Refusal):
    code = "industry-not-known"


class CountyOutOfScope(Refusal):
    code = "county-out-of-scope"


class TooManyClustersInFocus(Refusal):
    """A county names one or two clusters in focus; a further one takes a waiver with its reason."""

    code = "too-many-clusters-in-focus"


class TooManyLeadingIndustries(Refusal):
    """A county has at most three rooted leading industries; a further one takes a waiver with its reason."""

    code = "too-many-leading-industries"


def next_code(county_code: str, existing: Iterable[Cluster]) -> str:
    """The business code of a county's next cluster: 421303-01, 421303-02, ..."""
    numbers = [int(cluster.code.rsplit("-", 1)[1]) for cluster in existing]
    return f"{county_code}-{max(numbers, default=0) + 1:02d}"


def check_in_scope(programme: Programme, codes: Sequence[str], *, on: date) -> None:
    """Refuses a county that does not take part in the programme on the day; its present code comes last."""
    if not programme.in_scope(codes, on=on):
        raise CountyOutOfScope(
            f"{codes[-1]} 不在本计划实施范围内", f"{codes[-1]} does not take part in this programme"
        )


def check_industries(codes: Collection[str], known: Collection[str]) -> None:
    """Refuses codes that are not in GB/T 4754."""
    unknown = sorted(set(codes) - set(known))
    if unknown:
        raise IndustryNotKnown(
            f"国民经济行业分类(GB/T 4754)没有代码:{'、'.join(unknown)}",
            f"GB/T 4754 has no code {', '.join(unknown)}",
            items=[
                Item(
                    field="industry_codes",
                    rule="industry-not-known",
                    zh=f"{code} 不存在",
                    en=f"{code} does not exist",
                )
                for code in unknown
            ],
        )


def registered_industry(cluster: Cluster, industries: Collection[LeadingIndustry]) -> LeadingIndustry | None:
    """The cluster's leading industry in the county's register; refuses another class than the register's."""
    same = next((known for known in industries if key(known.name) == key(cluster.leading_industry)), None)
    if same is not None and cluster.class_51020 not in (None, same.class_51020):
        raise ClassDiffers(
            f"登记簿中主导产业“{same.name}”的51020类别与所填不同,请先在登记簿中更正,或不填类别",
            f"The register says another 51020 class of {same.name}; correct it there, or leave the class out",
            items=[
                Item(
                    field="class_51020",
                    rule="class-differs",
                    zh=f"登记簿为 {same.class_51020 or '未填'}",
                    en=f"the register says {same.class_51020 or 'none'}",
                )
            ],
        )
    return same


def check_caps(
    cluster: Cluster,
    existing: Collection[Cluster],
    caps: Caps,
    *,
    industries: Collection[LeadingIndustry],
    new_industry: bool,
) -> None:
    """Refuses a cluster or a leading industry above the county's caps, unless a waiver gives the reason.

    ``industries`` are those of the county's register; ``new_industry``: the cluster's own is not one of them.
    """
    if any(key(other.name) == key(cluster.name) for other in existing):
        raise ClusterNameTaken(
            f"本县已有集群“{cluster.name}”", f"The county has a cluster named {cluster.name} already"
        )
    if cluster.waiver_reason is not None:
        return
    in_focus = [other for other in existing if other.in_focus]
    if cluster.in_focus and len(in_focus) >= caps.clusters_in_focus:
        raise TooManyClustersInFocus(
            f"每县重点打造的集群不超过 {caps.clusters_in_focus} 个({caps.clause}),确需增加请填写理由",
            f"A county names at most {caps.clusters_in_focus} clusters in focus ({caps.clause}); "
            "one more takes a reason",
            items=[_cap_item("in_focus", caps.clusters_in_focus, len(in_focus) + 1)],
        )
    if new_industry and len(industries) >= caps.leading_industries:
        raise TooManyLeadingIndustries(
            f"每县根植性主导产业不超过 {caps.leading_industries} 个({caps.clause}),确需增加请填写理由",
            f"A county has at most {caps.leading_industries} rooted leading industries ({caps.clause}); "
            "one more takes a reason",
            items=[_cap_item("leading_industry", caps.leading_industries, len(industries) + 1)],
        )


def _cap_item(field: str, cap: int, would_be: int) -> Item:
    return Item(
        field=field,
        rule="cap",
        zh=f"上限 {cap},将达 {would_be}",
        en=f"at most {cap}, this would make {would_be}",
    )
