"""One value through a transform, and goalposts through the same transforms as the figures between them."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from services.scoring.domain.engine.working import WORK, power, to_quantum
from services.scoring.domain.refusals import StepNotPossible
from services.scoring.domain.scheme.steps import Normalise, Transform, TransformMethod

BEYOND = Decimal("1e100")


def transformed(rule: Transform, value: Decimal, *, code: str) -> Decimal:
    """A logarithm of zero or less, a fractional power of less than zero, or a result that no float could hold beside
    others, is refused under `code`.
    """
    result = _transformed(rule, value, code)
    if abs(result) >= BEYOND:
        zh, en = f"{value}变换后过大", f"{value:g} becomes too large under this transform"
        raise StepNotPossible.at(code, "too-large", zh, en)
    return result


def _transformed(rule: Transform, value: Decimal, code: str) -> Decimal:
    if rule.method is TransformMethod.ROUND:
        return to_quantum(value, rule.digits, rule.mode)
    shifted = WORK.add(value, rule.offset)
    if rule.method is TransformMethod.LINEAR:
        return WORK.multiply(rule.scale, shifted)
    if rule.method is TransformMethod.LOG:
        if shifted <= 0:
            _refuse(code, "log-of-nothing", value, "对数", "a logarithm")
        result = WORK.ln(shifted)
        result = WORK.divide(result, WORK.ln(rule.base)) if rule.base is not None else result
        return WORK.multiply(rule.scale, result)
    if rule.method is TransformMethod.EXP:
        exponent = shifted if rule.base is None else WORK.multiply(shifted, WORK.ln(rule.base))
        return WORK.multiply(rule.scale, WORK.exp(exponent))
    whole = rule.exponent == rule.exponent.to_integral_value()
    if (shifted < 0 and not whole) or (shifted == 0 and rule.exponent < 0):
        _refuse(code, "power-of-nothing", value, "幂", "this power")
    return WORK.multiply(rule.scale, power(shifted, rule.exponent))


def with_posts(rule: Normalise, transforms: Sequence[Transform], *, code: str) -> Normalise:
    """`posts: raw`: the two posts as they stand after the transforms."""
    if not rule.raw_posts or rule.minimum is None or rule.maximum is None:
        return rule
    low, high = rule.minimum, rule.maximum
    for transform in transforms:
        low, high = (transformed(transform, post, code=code) for post in (low, high))
    if low >= high:
        zh, en = "变换后下限不小于上限", "after the transforms the minimum is not below the maximum"
        raise StepNotPossible.at(code, "goalposts-order", zh, en)
    return replace(rule, minimum=low, maximum=high, raw_posts=False)


def _refuse(code: str, rule: str, value: Decimal, zh: str, en: str) -> None:
    raise StepNotPossible.at(code, rule, f"{value}不能取{zh}", f"{value:g} has no value under {en}")
