"""What only the whole scheme shows: codes used twice, names that lead nowhere, sums that would not be
exact.

Digits: a normalised value has at most `quantum_digits` (15) decimals and an effective weight at most 15, so
with a scale of at most 1000 a score has at most 34 digits, the precision of the official engine. Its sums
are exact.
"""

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal

from services.scoring.domain.reading.step_checks import check_steps
from services.scoring.domain.scheme.conditions import (
    AdjustedBy,
    AllOf,
    AnyOf,
    Condition,
    FactIn,
    GradeIn,
    NodeWithin,
    NotThat,
    OutcomeHolds,
)
from services.scoring.domain.scheme.contents import conditions_of, measures_of
from services.scoring.domain.scheme.measures import indicators_of
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.domain.scheme.tree import Aggregation, Node, leaves_of, nodes_of
from services.scoring.domain.scheme.weights import EXACT, WEIGHT_DIGITS
from shared.errors import Item
from shared.policy.documents import effective_too_early

LEAVES_LIMIT = 10_000
SCORE_LIMIT = 10_000
OUTCOMES = ("eligible", "developing_well")
RESERVED = frozenset({"range", "rounding", "data_score", "expert_score"})


def check_scheme(scheme: Scheme, problems: list[Item], *, known_indicators: Collection[str] | None) -> None:
    problems.extend(_interval(scheme))
    problems.extend(_codes(scheme))
    if scheme.folds:
        problems.extend(_digits(scheme.root, "tree", Decimal(1)))
    problems.extend(_references(scheme))
    problems.extend(_facts(scheme))
    if scheme.root.aggregation is Aggregation.VIKOR and not scheme.ascending:
        zh, en = (
            "VIKOR 以小为优,须写 order: ascending",
            "VIKOR gives the best the least: write order: ascending",
        )
        problems.append(Item("order", "order-of-vikor", zh, en))
    problems.extend(check_steps(scheme))
    if known_indicators is not None:
        problems.extend(_indicators(scheme, known_indicators))


def _interval(scheme: Scheme) -> Iterator[Item]:
    if scheme.effective_to is not None and scheme.effective_to < scheme.effective_from:
        yield Item("effective", "interval-order", "失效日早于生效日", "it ends before it begins")
    if scheme.effective_from > date.min:  # a scheme on a table needs no interval
        yield from effective_too_early(scheme.document, scheme.effective_from, at="effective.from")


def _codes(scheme: Scheme) -> Iterator[Item]:
    seen: set[str] = set()
    codes = [node.code for node in nodes_of(scheme.root)]
    codes += [leaf.code for leaf in leaves_of(scheme.root)]
    codes += [adjustment.code for adjustment in scheme.adjustments]
    for code in codes:
        if code in seen:
            yield Item("tree", "duplicate-code", f"代码重复: {code}", f"code {code} is used twice")
        if code in RESERVED:
            yield Item("tree", "reserved-code", f"保留代码: {code}", f"code {code} is reserved")
        if code:
            seen.add(code)
    if len(leaves_of(scheme.root)) > LEAVES_LIMIT:
        zh, en = f"末级指标超过{LEAVES_LIMIT}个", f"there are more than {LEAVES_LIMIT} leaves"
        yield Item("tree", "too-many-leaves", zh, en)


def _digits(node: Node, path: str, above: Decimal) -> Iterator[Item]:
    for index, child in enumerate(node.children):
        at = f"{path}.children[{index}]"
        effective = EXACT.multiply(above, child.weight).normalize(EXACT)
        if isinstance(child, Node):
            yield from _digits(child, at, effective)
        elif -int(effective.as_tuple().exponent) > WEIGHT_DIGITS:
            zh = f"有效权重{effective}超过{WEIGHT_DIGITS}位小数,总分无法精确"
            en = (
                f"the effective weight {effective} has over {WEIGHT_DIGITS} decimals: sums would not be exact"
            )
            yield Item(f"{at}.weight", "too-many-digits", zh, en)


def _references(scheme: Scheme) -> Iterator[Item]:
    nodes = {node.code for node in nodes_of(scheme.root)} | {leaf.code for leaf in leaves_of(scheme.root)}
    for path, keys in (("ties.chain", scheme.ties.chain), ("lexicographic", scheme.lexicographic)):
        for index, key in enumerate(keys):
            if key.node is not None and key.node not in nodes:
                zh, en = f"未知节点: {key.node}", f"unknown node {key.node}"
                yield Item(f"{path}[{index}].node", "unknown-node", zh, en)
    total = sum((adjustment.points for adjustment in scheme.adjustments), scheme.scale)
    if total >= SCORE_LIMIT and all(leaf.fixed for leaf in leaves_of(scheme.root)):
        zh, en = f"加减分合计须小于{SCORE_LIMIT}", f"scale and points together must be below {SCORE_LIMIT}"
        yield Item("adjustments", "points-too-large", zh, en)
    for path, condition in conditions_of(scheme):
        yield from _condition_references(scheme, path, condition)


def _condition_references(scheme: Scheme, path: str, condition: Condition) -> Iterator[Item]:
    grades = scheme.grades.codes() if scheme.grades else frozenset()
    adjustments = {adjustment.code for adjustment in scheme.adjustments}
    known_outcomes = {"outcomes.eligible": 0, "outcomes.developing_well": 1}.get(path, len(OUTCOMES))
    nodes = {node.code for node in nodes_of(scheme.root)} | {leaf.code for leaf in leaves_of(scheme.root)}
    for part in _parts(condition):
        match part:
            case NodeWithin(node=code) if code not in nodes:
                yield Item(path, "unknown-node", f"未知节点: {code}", f"unknown node {code}")
            case GradeIn(grades=named):
                for code in sorted(set(named) - grades):
                    yield Item(path, "unknown-grade", f"未知等次: {code}", f"unknown grade {code}")
            case AdjustedBy(adjustments=named):
                for code in sorted(set(named) - adjustments):
                    yield Item(
                        path, "unknown-adjustment", f"未知加减分: {code}", f"unknown adjustment {code}"
                    )
            case OutcomeHolds(outcome=code) if code not in OUTCOMES:
                yield Item(path, "unknown-outcome", f"未知结果: {code}", f"unknown outcome {code}")
            case OutcomeHolds(outcome=code) if code not in OUTCOMES[:known_outcomes]:
                zh, en = f"循环引用: {code}", f"a cycle: {code} is decided later or by this very rule"
                yield Item(path, "outcome-cycle", zh, en)


def _facts(scheme: Scheme) -> Iterator[Item]:
    """A fact that decides declares its words, and whoever asks for one of them spells it so."""
    for path, condition in conditions_of(scheme):
        for part in _parts(condition):
            if not isinstance(part, FactIn):
                continue
            if part.fact not in scheme.facts:
                zh = f'facts 须列出{part.fact}可有的取值,如 facts: {{{part.fact}: ["true", "false"]}}'
                en = f'facts must list the words of {part.fact}, such as {{{part.fact}: ["true", "false"]}}'
                yield Item(path, "fact-undeclared", zh, en)
                continue
            words = scheme.facts[part.fact]
            for word in part.values:
                if word not in words:
                    zh = f"{part.fact}没有取值“{word}”,只有:{'、'.join(words)}"
                    en = f"{part.fact} has no word {word!r}, only: {', '.join(words)}"
                    yield Item(path, "unknown-word", zh, en)
    for index, example in enumerate(scheme.examples):
        for fact, word in example.facts.items():
            if fact in scheme.facts and word not in scheme.facts[fact]:
                zh, en = f"{fact}没有取值“{word}”", f"{fact} has no word {word!r}"
                yield Item(f"examples[{index}].facts.{fact}", "unknown-word", zh, en)


def _indicators(scheme: Scheme, known: Collection[str]) -> Iterator[Item]:
    used = {indicator for measure in measures_of(scheme) for indicator in indicators_of(measure)}
    for indicator in sorted(used - set(known)):
        yield Item("tree", "unknown-indicator", f"未知指标: {indicator}", f"unknown indicator {indicator}")


def _parts(condition: Condition) -> Iterator[Condition]:
    yield condition
    match condition:
        case AllOf(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _parts(part)
        case NotThat(part=part):
            yield from _parts(part)
