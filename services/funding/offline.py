"""`clusters allocate`: incentive rules on a ranking's table, without server or database.

Registered at the entry point group `clusters.commands`, so that the command line imports no service.
"""

import csv
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from services.funding.domain.allocation import chain
from services.funding.domain.allocation.result import Allocation
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.inputs.ranking_table import read_ranking
from services.funding.domain.reading.incentive import parse_incentive_rules
from services.funding.domain.refusals import (
    BudgetInvalid,
    ExamplesFail,
    IncentiveRulesInvalid,
    RankingInvalid,
)
from services.funding.domain.rules.incentive import IncentiveRules
from services.funding.domain.trials.examples import check_examples
from shared.documents.canonical import canonical_bytes, sha256_of
from shared.documents.reading import ReadDocument, read_document, read_text
from shared.errors import Item, Refusal
from shared.policy.places import with_clause
from shared.text.money import MAX_FEN, show_wan

RulesFile = Annotated[
    Path, typer.Option("--rules", help="激励规则 YAML/JSON / the rules", exists=True, dir_okay=False)
]
RankingFile = Annotated[
    Path, typer.Option("--ranking", help="名单 CSV / the ranking", exists=True, dir_okay=False)
]


#: Steps whose lines say in words what decided.
REASONED: Final = frozenset({"limits", "reduction", "exhaustion", "remainder"})


def register(app: typer.Typer) -> None:
    app.command("allocate")(allocate)


def allocate(
    rules: RulesFile,
    ranking: RankingFile,
    budget_fen: Annotated[str, typer.Option("--budget-fen", help="资金总额,单位分 / the money, in fen")],
    as_json: Annotated[bool, typer.Option("--json", help="只输出JSON / print one JSON object")] = False,
) -> None:
    """离线分配 / Allocate a budget by incentive rules, to the fen; no server and no database."""
    with _named_refusals():
        pool_fen = _budget(budget_fen)
        read, sha256 = load_rules(rules)
        candidates, unused = load_ranking(read, ranking)
        made = chain.allocate(read.reward, candidates, pool_fen=pool_fen)
    if unused:
        typer.echo(f"未使用的列 / columns not read: {', '.join(unused)}", err=True)
    if as_json:
        typer.echo(json.dumps(answer_of(made, candidates, sha256=sha256), ensure_ascii=False))
        return
    for award in made.awards:
        typer.echo(
            f"{award.rank or '-':>5}  {show_wan(award.amount_fen):>20}  {award.tier:<16}  {award.candidate.unit}"
        )
    typer.echo(f"余款 / left over: {show_wan(made.pool_fen - made.awarded_fen)}")


def load_rules(path: Path) -> tuple[IncentiveRules, str]:
    """The rules and their hash, or every problem with file, line and clause. Worked examples must hold."""
    document = read_document(read_text(path), name=path.name)
    rules, problems = parse_incentive_rules(document.content, offline=True)
    if rules is None:
        invalid = IncentiveRulesInvalid(problems)
        invalid.items = tuple(_placed(path, document, problem) for problem in problems)
        raise invalid
    try:
        check_examples(rules)
    except ExamplesFail as failure:
        failure.items = tuple(_placed(path, document, item) for item in failure.items)
        raise
    return rules, sha256_of(canonical_bytes(document.content))


def load_ranking(rules: IncentiveRules, path: Path) -> tuple[tuple[Candidate, ...], tuple[str, ...]]:
    try:
        rows = list(csv.reader(io.StringIO(read_text(path), newline=""), strict=True))
    except csv.Error as error:
        raise RankingInvalid(f"{path.name}不是有效的CSV", f"{path.name} is no valid CSV: {error}") from error
    if not rows:
        raise RankingInvalid("名单文件为空", "The ranking's file is empty")
    return read_ranking(rules.reward, [column.strip() for column in rows[0]], rows[1:])


def answer_of(made: Allocation, candidates: tuple[Candidate, ...], *, sha256: str) -> dict[str, Any]:
    """The answer of `clusters allocate --json`: every unit in the order of the table, with its steps."""
    amounts = {award.candidate.unit: award.amount_fen for award in made.awards}
    steps: dict[str, list[dict[str, Any]]] = {candidate.unit: [] for candidate in candidates}
    for step in made.steps:
        for line in step.lines:
            rule = line.rule or step.rule
            if line.amount_fen is None or step.step in REASONED:  # why it is in or out, at its floor, reduced
                rule = f"{rule}: {line.en}"
            steps[line.unit].append({"step": step.step, "rule": rule, "amount_fen": line.amount_fen or 0})
    return {
        "rules_sha256": sha256,
        "units": [
            {"unit": c.unit, "amount_fen": amounts.get(c.unit, 0), "steps": steps[c.unit]} for c in candidates
        ],
        "remainder_fen": made.pool_fen - made.awarded_fen,
        "found": {
            f"{step.step}.{name}": value for step in made.steps for name, value in sorted(step.found.items())
        },
    }


@contextmanager
def _named_refusals() -> Iterator[None]:
    """Shows the stable names of the refusal and of each broken rule, by which the page speaks of them."""
    try:
        yield
    except Refusal as refusal:
        refusal.zh, refusal.en = f"{refusal.zh} [{refusal.code}]", f"{refusal.en} [{refusal.code}]"
        refusal.items = tuple(
            replace(item, zh=f"{item.zh} [{item.rule}]", en=f"{item.en} [{item.rule}]")
            for item in refusal.items
        )
        raise


def _budget(text: str) -> int:
    """A positive whole number of fen that every reader of JSON holds exactly."""
    if len(text) <= 16 and text.isascii() and text.isdecimal() and 0 < int(text) <= MAX_FEN:
        return int(text)
    raise BudgetInvalid(
        f"--budget-fen 应为1至{MAX_FEN}的整数(分)",
        f"--budget-fen must be a whole number from 1 to {MAX_FEN} fen",
    )


def _placed(path: Path, document: ReadDocument, item: Item) -> Item:
    line = document.line_of(item.field)
    return replace(
        with_clause(document.content, item), field=f"{path.name}:{line} {item.field}".rstrip(), row=line
    )


csv.field_size_limit(min(sys.maxsize, 1_000_000))
