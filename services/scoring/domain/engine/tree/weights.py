"""Weights that are computed from the children's own columns, to be frozen with the scheme.

Entropy (Shannon; Zou et al. 2006), CRITIC (Diakoulaki et al. 1995), standard deviation, and the first principal
component (squared loadings, Handbook 6.1). Columns are taken in the order of their codes, so the order in the
scheme changes no digit.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from services.scoring.domain.engine.working import WORK, correlation, deviation, to_quantum, total
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.steps import WeightMethod

ROUNDS = 2_000
CLOSE = Decimal("1e-40")


def computed_weights(
    method: WeightMethod, columns: Mapping[str, Sequence[Decimal]], *, node: str, digits: int
) -> dict[str, Decimal]:
    """Weights on `digits` decimals; what rounding leaves goes to the largest, so that they add up to 1."""
    codes = sorted(columns)
    for code in codes:
        if len(columns[code]) < 2 or min(columns[code]) == max(columns[code]):
            zh, en = f"{code}在样本中没有差异,无法计算权重", f"{code} is constant: it gives no weight"
            raise StepNotPossible.at(node, "constant-column", zh, en)
    if len(codes) == 1:
        return {codes[0]: Decimal(1)}
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


def _pca(columns: list[Sequence[Decimal]], codes: list[str], node: str) -> list[Decimal]:
    """Squared loadings of the first component of the correlation matrix, by power iteration in decimal."""
    matrix = [[correlation(a, b) for b in columns] for a in columns]
    vector = [Decimal(1) / (index + 1) for index in range(len(codes))]
    for _ in range(ROUNDS):
        product = [total(WORK.multiply(a, v) for a, v in zip(row, vector, strict=True)) for row in matrix]
        norm = WORK.sqrt(total(WORK.multiply(value, value) for value in product))
        after = [WORK.divide(value, norm) for value in product]
        moved = max(abs(WORK.subtract(a, b)) for a, b in zip(after, vector, strict=True))
        vector = after
        if moved < CLOSE:
            return [WORK.multiply(value, value) for value in vector]
    zh, en = "第一主成分不唯一,无法计算权重", "the first principal component is not unique"
    raise StepNotPossible.at(node, "pca-not-unique", zh, en)


def _min_max(column: Sequence[Decimal]) -> list[Decimal]:
    low, spread = min(column), WORK.subtract(max(column), min(column))
    return [WORK.divide(WORK.subtract(value, low), spread) for value in column]


_RAW = {
    WeightMethod.ENTROPY: _entropy,
    WeightMethod.CRITIC: _critic,
    WeightMethod.STANDARD_DEVIATION: _standard_deviation,
    WeightMethod.PCA: _pca,
}
