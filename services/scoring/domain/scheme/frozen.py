"""What a scheme takes from the units: to be frozen once, and needed complete from then on."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.steps import (
    COMPUTED,
    FITTED_IMPUTATIONS,
    NEEDED,
    LeafSteps,
    OutlierMethod,
)
from services.scoring.domain.scheme.tree import leaves_of, nodes_of
from shared.errors import Item

Parameters = Mapping[str, Mapping[str, Decimal]]
BOUNDED_BY_COHORT = (OutlierMethod.WINSORISE, OutlierMethod.PERCENTILE)


def fitted_parameters(scheme: Scheme) -> Iterator[tuple[str, str, str]]:
    """(path of the rule, code, parameter) of all that is computed from a cohort; a means' name ends in a point,
    since it goes on with the group's.
    """
    for leaf in leaves_of(scheme.root):
        steps, path = leaf.steps or LeafSteps(), f"tree.{leaf.code}"
        if leaf.steps is None:
            continue
        if steps.impute.method in FITTED_IMPUTATIONS:
            yield f"{path}.impute", leaf.code, "impute."
        if steps.outliers.method in BOUNDED_BY_COHORT:
            yield from ((f"{path}.outliers", leaf.code, f"treat.{name}") for name in ("lower", "upper"))
        for name in NEEDED.get(steps.normalise.method, ()):
            yield f"{path}.normalise", leaf.code, f"normalise.{name}"
    for node in nodes_of(scheme.root):
        if node.weighting in COMPUTED:
            yield from ((f"tree.{node.code}.weights", node.code, child.code) for child in node.children)
        for name in NEEDED.get(node.normalise.method, ()) if node.normalise else ():
            yield f"tree.{node.code}.normalise", node.code, f"normalise.{name}"


def lacking_parameters(scheme: Scheme, frozen: Parameters) -> Iterator[tuple[str, str]]:
    """(code, parameter) of what a frozen section should hold and does not."""
    for _, code, name in fitted_parameters(scheme):
        held = frozen.get(code, {})
        if not any(key.startswith(name) if name.endswith(".") else key == name for key in held):
            yield code, name


def not_frozen(scheme: Scheme) -> list[Item]:
    """Rules whose results still depend on who takes part: such a scheme may not be published."""
    if scheme.cohort.frozen is not None or scheme.cohort.frozen_by_group is not None:
        return []
    zh, en = "由样本计算而未冻结(clusters freeze)", "computed from a cohort and not frozen (clusters freeze)"
    paths = dict.fromkeys(path for path, _, _ in fitted_parameters(scheme))
    return [Item(path, "not-frozen", zh, en) for path in paths]


def frozen_sections(scheme: Scheme) -> Sequence[tuple[str, Parameters]]:
    """Every frozen section with its path: one, or one for each peer group."""
    cohort = scheme.cohort
    if cohort.frozen_by_group is not None:
        return [(f"cohort.frozen.{name}", held) for name, held in cohort.frozen_by_group.items()]
    return [] if cohort.frozen is None else [("cohort.frozen", cohort.frozen)]
