"""Drawn weights and method choices: chunk by chunk, each with a seed of its own, so that the number of threads
or the order of chunks cannot change a result.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from services.scoring.domain.analysis.float_columns import Floats
from services.scoring.domain.analysis.float_tree import Plan
from services.scoring.domain.scheme.sections import Robustness
from services.scoring.domain.scheme.steps import Normalise
from services.scoring.domain.scheme.tree import Leaf, Node, nodes_of

CHUNK = 512


@dataclass(frozen=True, slots=True)
class Choice:
    """One alternative of the method: None is what the scheme says."""

    normalisation: Normalise | None
    aggregation: str | None


AS_IT_IS = Choice(None, None)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Draws that share their method; weights per node are (children, draws)."""

    choice: Choice
    weights: dict[str, Floats]
    draws: int


def choices_of(rules: Robustness) -> list[Choice]:
    """Every combination of the scheme's own method with the alternatives that it names."""
    return [
        Choice(normalisation, aggregation)
        for normalisation in (None, *rules.normalisations)
        for aggregation in (None, *rules.aggregations)
    ]


def chunks_of(plan: Plan, rules: Robustness) -> Iterator[Chunk]:
    choices = choices_of(rules)
    number = -(-rules.draws // CHUNK)
    for index, seed in enumerate(np.random.SeedSequence(rules.seed).spawn(number)):
        generator = np.random.Generator(np.random.PCG64(seed))
        draws = min(CHUNK, rules.draws - index * CHUNK)
        weights = drawn_weights(plan, rules, generator, draws)
        if len(choices) == 1:
            yield Chunk(choices[0], weights, draws)
            continue
        picked = generator.integers(len(choices), size=draws)
        for position, choice in enumerate(choices):
            mine = np.flatnonzero(picked == position)
            if mine.size:
                yield Chunk(choice, {code: w[:, mine] for code, w in weights.items()}, int(mine.size))


def drawn_weights(
    plan: Plan, rules: Robustness, generator: np.random.Generator, draws: int
) -> dict[str, Floats]:
    """`uniform`: each weight times 1 ± spread, then to the same sum; `dirichlet`: around the nominal weights."""
    drawn: dict[str, Floats] = {}
    for node in nodes_of(plan.scheme.root):
        nominal = plan.weights[node.code]
        if len(nominal) == 1 or rules.weights == "fixed":
            drawn[node.code] = np.repeat(nominal[:, None], draws, axis=1)
            continue
        share = nominal / nominal.sum()
        if rules.weights == "dirichlet":
            weights = generator.dirichlet(share * float(rules.concentration), size=draws).T
        else:
            spread = float(rules.spread)
            weights = share[:, None] * generator.uniform(1 - spread, 1 + spread, size=(len(share), draws))
            weights /= weights.sum(axis=0)
        drawn[node.code] = weights * nominal.sum()
    return drawn


def folded(plan: Plan, weights: dict[str, Floats], leaves: Sequence[Leaf]) -> Floats:
    """The product of shares from the root down: (leaves, draws), columns adding up to 1."""
    found: dict[str, Floats] = {}

    def descend(node: Node, above: Floats) -> None:
        held = weights[node.code]
        held = held[:, None] if held.ndim == 1 else held
        shares = held / held.sum(axis=0) * above
        for child, share in zip(node.children, shares, strict=True):
            if isinstance(child, Leaf):
                found[child.code] = share
            else:
                descend(child, share)

    descend(plan.scheme.root, np.ones(1))
    return np.ascontiguousarray(np.stack([found[leaf.code] for leaf in leaves]))
