"""`clusters allocate`: incentive rules on a ranking's table, without server or database.

Registered at the entry point group `clusters.commands`, so that the command line imports no service.
"""

import csv
import io
import json
import re
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
from services.funding.domain.rules.units import UNITS, Unit
from services.funding.domain.trials.examples import check_examples
from services.funding.offline_tables import shown_of, tables_of
from shared.documents.canonical import canonical_bytes, sha256_of
from shared.documents.reading import ReadDocument, read_document, read_text
from shared.errors import Item, Refusal
from shared.policy.places import with_clause
from shared.tables.cells import number_of
from shared.tables.written import as_text, write_tables
from shared.text.money import MAX_FEN

RulesFile = Annotated[
    Path, typer.Option("--rules", help="激励规则 YAML/JSON / the rules", exists=True, dir_okay=False)
]
RankingFile = Annotated[
    Path, typer.Option("--ranking", help="名单 CSV / the ranking", exists=True, dir_okay=False)
]


#: How a budget is written: no sign, exponent or separator.
DECIMAL: Final = re.compile(r"[0-9]{1,16}(\.[0-9]{1,6})?", re.ASCII)
#: Steps whose lines say in words what decided.
REASONED: Final = frozenset({"limits", "reduction", "exhaustion", "remainder"})


def register(app: typer.Typer) -> None:
    app.command("allocate")(allocate)


def allocate(
    rules: RulesFile,
    ranking: RankingFile,
    budget: Annotated[
        str | None, typer.Option("--budget", help="资金总额,单位见 --unit / the money, in --unit")
    ] = None,
    budget_fen: Annotated[
        str | None, typer.Option("--budget-fen", help="资金总额,单位分 / the money, in fen")
    ] = None,
    unit: Annotated[
        str, typer.Option("--unit", help="金额单位:万元、元、分、seats / what amounts are shown in")
    ] = Unit.WAN.value,
    as_json: Annotated[bool, typer.Option("--json", help="只输出JSON / print one JSON object")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="写入文件夹或 .xlsx、.csv 文件 / write the tables into a folder or file"),
    ] = None,
) -> None:
    """离线分配 / Allocate a budget by incentive rules, to the fen; no server and no database."""
    with _named_refusals():
        counted_in = _unit(unit)
        pool_fen = _budget(budget, budget_fen, counted_in)
        read, sha256 = load_rules(rules)
        candidates, unused = load_ranking(read, ranking)
        reward = replace(read.reward, counted_in=counted_in)
        made = chain.allocate(reward, candidates, pool_fen=pool_fen)
    if unused:
        typer.echo(f"未使用的列 / columns not read: {', '.join(unused)}", err=True)
    tables = tables_of(made, candidates, counted_in)
    if out is not None:
        write_tables(tables, out)
    if as_json:
        typer.echo(json.dumps(answer_of(made, candidates, sha256=sha256), ensure_ascii=False))
        return
    typer.echo(as_text(shown_of(made, candidates, counted_in)))
    typer.echo(f"余款 / left over: {counted_in.show(made.pool_fen - made.awarded_fen)}")


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


def _unit(text: str) -> Unit:
    found = UNITS.get(text.strip().lower())
    if found is None:
        names = "、".join(unit.value for unit in Unit)
        raise BudgetInvalid(f"--unit 应为其中之一:{names}", f"--unit is one of: {names}")
    return found


def _budget(budget: str | None, budget_fen: str | None, unit: Unit) -> int:
    """A positive whole number of fen that every reader of JSON holds exactly."""
    if (budget is None) == (budget_fen is None):
        zh, en = "须给出 --budget 或 --budget-fen 之一", "either --budget or --budget-fen is expected"
        raise BudgetInvalid(zh, en)
    if budget is not None:
        value = number_of(budget) if DECIMAL.fullmatch(budget) else None
        fen = None if value is None else value * unit.fen
        if fen is not None and fen.denominator == 1 and 0 < fen <= MAX_FEN:
            return int(fen)
        most = unit.show(MAX_FEN)
        raise BudgetInvalid(
            f"--budget 应大于0,不超过{most},且为整分(写法如 8000 或 0.5)",
            f"--budget must be above 0 and at most {most}, and a whole number of fen (such as 8000 or 0.5)",
        )
    text = budget_fen or ""
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
