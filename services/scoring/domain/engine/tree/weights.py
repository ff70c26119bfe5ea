"""Weights that are computed from the children's own columns, to be frozen with the scheme.

Entropy (Shannon; Zou et al. 2006), CRITIC (Diakoulaki et al. 1995), standard deviation, and the first principal
component (squared loadings, Handbook 6.1). Columns are taken in the order of their codes, so the order in the
scheme changes no digit.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import NoReturn

from services.scoring.domain.engine.working import WORK, correlation, deviation, to_quantum, total
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.steps import WeightMethod

ROUNDS = 2_000
CLOSE = Decimal("1e-40")
GAP = Decimal("1e-9")  # two eigenvalues nearer than this are one


def computed_weights(
    method: WeightMethod,
    columns: Mapping[str, Sequence[Decimal]],
    *,
    node: str,
    digits: int,
    opposed: list[str] | None = None,
) -> dict[str, Decimal]:
    """Weights on `digits` decimals; what rounding leaves goes to the largest, so that they add up to 1.

    `opposed` takes the columns that run against the first component: their weight says nothing of their direction.
    """
    codes = sorted(columns)
    for code in codes:
        if len(columns[code]) < 2 or min(columns[code]) == max(columns[code]):
            zh, en = f"{code}在样本中没有差异,无法计算权重", f"{code} is constant: it gives no weight"
            raise StepNotPossible.at(node, "constant-column", zh, en)
    if len(codes) == 1:
        return {codes[0]: Decimal(1)}
    if method is WeightMethod.PCA:
        loadings = first_component([columns[code] for code in codes], node=node)
        raw = [WORK.multiply(loading, loading) for loading in loadings]
        against = -1 if total(loadings) >= 0 else 1
        (opposed if opposed is not None else []).extend(
            code for code, loading in zip(codes, loadings, strict=True) if loading * against > 0
        )
    else:
        raw = _RAW[method]([columns[code] for code in codes], codes, node)
    whole = total(raw)
    if whole <= 0:
        zh, en = "各列无可区分之处,无法计算权重", "these columns give no weights by this method"
        raise StepNotPossible.at(node, "weights-undefined", zh, en)
    weights = {
        code: to_quantum(WORK.divide(value, whole), digits) for code, value in zip(codes, raw, strict=True)
    }
    largest = max(codes, key=lambda code: (weights[code], code))
    weights[largest] += Decimal(1) - sum(weights.values())
    return weights


def _entropy(columns: list[Sequence[Decimal]], codes: list[str], node: str) -> list[Decimal]:
    weights = []
    for code, column in zip(codes, columns, strict=True):
        if min(column) < 0:
            zh, en = f"{code}含负值,不能用熵权法", f"{code} has a negative value: no entropy"
            raise StepNotPossible.at(node, "entropy-negative", zh, en)
        whole = total(column)
        shares = [WORK.divide(value, whole) for value in column if value > 0]
        entropy = WORK.divide(
            -total(WORK.multiply(share, WORK.ln(share)) for share in shares), WORK.ln(Decimal(len(column)))
        )
        weights.append(WORK.subtract(Decimal(1), entropy))
    return weights


def _critic(columns: list[Sequence[Decimal]], codes: list[str], node: str) -> list[Decimal]:  # noqa: ARG001
    scaled = [_min_max(column) for column in columns]
    return [
        WORK.multiply(
            deviation(column),
            total(WORK.subtract(Decimal(1), correlation(column, other)) for other in scaled),
        )
        for column in scaled
    ]


def _standard_deviation(columns: list[Sequence[Decimal]], codes: list[str], node: str) -> list[Decimal]:  # noqa: ARG001
    return [deviation(column) for column in columns]


def first_component(columns: Sequence[Sequence[Decimal]], *, node: str) -> list[Decimal]:
    """The loadings of the first component of the correlation matrix, by power iteration in decimal.

    Refused where another component explains as much, since any direction between the two would do as well: then
    different starts end in different directions.
    """
    matrix = [[correlation(a, b) for b in columns] for a in columns]
    size = len(columns)
    starts = (
        [WORK.divide(Decimal(1), Decimal(i + 1)) for i in range(size)],
        [WORK.multiply(Decimal((-1) ** i), WORK.sqrt(Decimal(i * i + 2))) for i in range(size)],
        [WORK.subtract(WORK.sqrt(Decimal(2 * i + 3)), Decimal("2.2")) for i in range(size)],
    )
    found = sorted((_dominant(matrix, start, node) for start in starts), reverse=True)
    value, vector = found[0]
    same = [direction for other, direction in found[1:] if other > WORK.multiply(value, 1 - GAP)]
    if not same or any(abs(_dot(vector, direction)) < 1 - GAP for direction in same):
        _not_unique(node)
    return vector


def _dominant(
    matrix: Sequence[Sequence[Decimal]], vector: Sequence[Decimal], node: str
) -> tuple[Decimal, list[Decimal]]:
    """The largest eigenvalue and its direction, as far as the start has a part in it."""
    for _ in range(ROUNDS):
        product = [_dot(row, vector) for row in matrix]
        norm = WORK.sqrt(_dot(product, product))
        after = [WORK.divide(part, norm) for part in product]
        moved = max(abs(WORK.subtract(a, b)) for a, b in zip(after, vector, strict=True))
        vector = after
        if moved < CLOSE:
            return norm, after
    return _not_unique(node)


def _dot(one: Sequence[Decimal], other: Sequence[Decimal]) -> Decimal:
    return total(WORK.multiply(a, b) for a, b in zip(one, other, strict=True))


def _not_unique(node: str) -> NoReturn:
    zh, en = "第一主成分不唯一,无法计算权重", "the first principal component is not unique"
    raise StepNotPossible.at(node, "pca-not-unique", zh, en)


def _min_max(column: Sequence[Decimal]) -> list[Decimal]:
    low, spread = min(column), WORK.subtract(max(column), min(column))
    return [WORK.divide(WORK.subtract(value, low), spread) for value in column]


_RAW = {
    WeightMethod.ENTROPY: _entropy,
    WeightMethod.CRITIC: _critic,
    WeightMethod.STANDARD_DEVIATION: _standard_deviation,
}
