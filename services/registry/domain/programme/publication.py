"""What a document must be to be published: new or unchanged, and in agreement with what it refers to."""

from collections.abc import Collection, Mapping

from services.registry.domain.divisions import Divisions
from services.registry.domain.programme.documents import Indicator, IndicatorCatalogue, Programme, Scope
from services.registry.domain.programme.measures import Measure
from shared.errors import Item, Kind, Refusal


class VersionAlreadyPublished(Refusal):
    """A published version is immutable: another content takes another version."""

    kind = Kind.CONFLICT
    code = "version-already-published"


class ProgrammeInconsistent(Refusal):
    code = "programme-inconsistent"


def is_same(version: str, *, kept: str | None, sha256: str) -> bool:
    """Whether this very content is published already; refuses a version that is published with another."""
    if kept is not None and kept != sha256:
        raise VersionAlreadyPublished(
            f"版本 {version} 已发布且内容不同;修改须用新版本号",
            f"Version {version} is published with other content; a change takes a new version",
        )
    return kept is not None


def counties_in_scope(scope: Scope, divisions: Divisions) -> set[str]:
    """Those of the scope's codes that are counties on its first day."""
    return {code for code in scope.counties if divisions.is_county(code, on=scope.effective_from)}


def check_programme(document: Programme, *, counties: Collection[str], before: Programme | None) -> None:
    """Refuses unknown counties, and to drop or move levels of status of the version before: clusters hold them."""
    items = [
        Item(
            field=f"scope.counties[{index}]",
            rule="division",
            zh=f"{code} 当日不是有效的县级区划代码",
            en=f"{code} is no valid county code on that day",
            row=index + 1,
        )
        for index, code in enumerate(document.scope.counties)
        if code not in counties
    ]
    kept = [] if before is None else [level.code for level in before.designation.ladder]
    levels = [level.code for level in document.designation.ladder]
    if [code for code in levels if code in kept] != kept:
        order = "、".join(kept)
        items.append(
            Item(
                "designation.levels",
                "level-kept",
                f"上一版本的级别 {order} 须保留,先后不变",
                f"the levels {', '.join(kept)} of the version before stay, in this order",
            )
        )
    if items:
        raise ProgrammeInconsistent(
            f"计划文件有 {len(items)} 处错误",
            f"The programme document has {len(items)} error(s)",
            items=items,
        )


def check_catalogue(catalogue: IndicatorCatalogue, programme: Programme) -> None:
    """Refuses a catalogue without an indicator that a check or a measure of the programme names."""
    known = catalogue.by_code()
    items = [
        Item(field=f"checks.{check.code}", rule="indicator", zh=f"没有指标 {code}", en=f"no indicator {code}")
        for check in programme.checks
        for code in check.named_indicators()
        if code not in known
    ]
    items += [
        Item(field=f"targets.{target.code}.measure", rule=rule, zh=zh, en=en)
        for target in programme.targets
        if target.measure is not None
        for rule, zh, en in _unknown(target.measure, known)
    ]
    if items:
        raise ProgrammeInconsistent(
            "指标目录与校验规则或目标的计算方法不一致",
            "The catalogue does not fit the checks or the measures of the targets",
            items=items,
        )


def _unknown(measure: Measure, known: Mapping[str, Indicator]) -> list[tuple[str, str, str]]:
    """Indicators that the measure reads and the catalogue does not have, or cannot derive from the registers."""
    missing = [
        ("indicator", f"没有指标 {code}", f"no indicator {code}")
        for code in measure.named_indicators()
        if code not in known
    ]
    return missing + [
        (
            "derived",
            f"指标 {code} 不能由登记簿推算",
            f"the indicator {code} does not follow from the registers",
        )
        for code in measure.derived_indicators()
        if code in known and known[code].derived is None
    ]
