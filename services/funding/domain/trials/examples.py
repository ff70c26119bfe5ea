"""Worked examples of policy officers must hold before rules are used: this ranking and budget, these amounts."""

from services.funding.domain.allocation.chain import allocate
from services.funding.domain.inputs.ranking_table import read_ranking
from services.funding.domain.refusals import ExamplesFail
from services.funding.domain.rules.incentive import Example, IncentiveRules
from shared.errors import Item, Refusal


def check_examples(rules: IncentiveRules) -> None:
    """Refuses with every amount that is another one than expected, each with its example and unit."""
    items = [
        item
        for index, example in enumerate(rules.examples)
        for item in _check(rules, example, f"examples[{index}]")
    ]
    if items:
        raise ExamplesFail("算例与规则不符", "Worked examples do not hold", items=items[:100])


def _check(rules: IncentiveRules, example: Example, path: str) -> list[Item]:
    header = list(dict.fromkeys(column for unit in example.units for column in unit))
    rows = [[unit.get(column, "") for column in header] for unit in example.units]
    try:
        candidates, _ = read_ranking(rules.reward, header, rows)
        made = allocate(rules.reward, candidates, pool_fen=example.budget_fen)
    except Refusal as refusal:
        if refusal.code == example.refused:
            return []
        told = "; ".join(item.en for item in refusal.items[:3])
        zh = f"被拒绝({refusal.code}):{refusal.zh} {';'.join(item.zh for item in refusal.items[:3])}"
        return [_item(example, path, "", zh, f"refused ({refusal.code}): {refusal.en} {told}".strip())]
    if example.refused is not None:
        zh, en = (
            f"应被拒绝({example.refused}),却已分配",
            f"expected the refusal {example.refused}, got amounts",
        )
        return [_item(example, path, ".refused", zh, en)]
    found = {award.candidate.unit: award.amount_fen for award in made.awards}
    items = []
    for unit in dict.fromkeys([*example.amounts_fen, *found]):
        expected, got = example.amounts_fen.get(unit), found.get(unit, 0)
        if expected != got:
            zh, en = f"{unit} 应为{expected},得{got}", f"{unit}: expected {expected}, found {got}"
            items.append(_item(example, path, f".expect.{unit}", zh, en))
    left = made.pool_fen - made.awarded_fen
    if example.remainder_fen is not None and example.remainder_fen != left:
        zh, en = (
            f"余款应为{example.remainder_fen},得{left}",
            f"expected {example.remainder_fen} left, found {left}",
        )
        items.append(_item(example, path, ".remainder_fen", zh, en))
    return items


def _item(example: Example, path: str, at: str, zh: str, en: str) -> Item:
    return Item(f"{path}{at}", "example-fails", f"{example.name}:{zh}", f"{example.name}: {en}")
