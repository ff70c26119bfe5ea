"""What `clusters allocate` shows and writes: who gets how much and why, every step of everybody, and the sums."""

from collections.abc import Sequence
from decimal import Decimal

from services.funding.domain.allocation.result import Allocation, Line, Step
from services.funding.domain.inputs.candidates import Candidate
from services.funding.domain.rules.units import Unit
from shared.tables.written import Cell, Table

#: Steps that say why an amount is another one than the formula gives, or why there is none; the last one decides.
DECIDING = ("eligibility", "cut", "limits", "reduction", "exhaustion", "remainder")


def tables_of(made: Allocation, candidates: Sequence[Candidate], unit: Unit) -> dict[str, Table]:
    """``amounts`` with a row for each unit, ``steps`` with a row for each step of each unit, ``sums``."""
    return {
        "amounts": [
            ["unit", "rank", f"amount ({unit.value})", "by", "原因", "why"],
            *_amounts(made, candidates, unit),
        ],
        "steps": [
            ["unit", "step", "rule", f"amount ({unit.value})", "说明", "what happened"],
            *_steps(made, candidates, unit),
        ],
        "sums": [["name", "value"], *_sums(made, unit)],
    }


def shown_of(made: Allocation, candidates: Sequence[Candidate], unit: Unit) -> Table:
    """Those who get something, the best rank first, then those who get nothing, with the reason."""
    heading: list[Cell] = ["rank", "amount", "by", "unit", "原因 / why"]
    ordered = sorted(_amounts(made, candidates, unit), key=lambda row: (row[1] == "", row[1], str(row[0])))
    return [
        heading,
        *(
            [rank or "-", unit.show(int(amount * unit.fen)), by, name, f"{zh} / {en}" if zh else ""]
            for name, rank, amount, by, zh, en in ordered
        ),
    ]


def _amounts(
    made: Allocation, candidates: Sequence[Candidate], unit: Unit
) -> list[tuple[str, int | str, Decimal, str, str, str]]:
    awards = {award.candidate.unit: award for award in made.awards}
    ranks = {award.candidate.unit: award.rank for award in made.awards}
    rows = []
    for candidate in candidates:
        award = awards.get(candidate.unit)
        rank = ranks.get(candidate.unit, candidate.rank) or ""
        zh, en = _why(made.steps, candidate.unit, paid=award is not None)
        amount = unit.of(award.amount_fen if award else 0)
        rows.append((candidate.unit, rank, amount, award.tier if award else "", zh, en))
    return rows


def _why(steps: Sequence[Step], unit: str, *, paid: bool) -> tuple[str, str]:
    """Of a unit that is paid, what made its amount another one; of one that is not, the last reason."""
    steps = [step for step in steps if step.step in (DECIDING[2:] if paid else DECIDING)]
    lines = [line for step in steps for line in step.lines if line.unit == unit]
    return (lines[-1].zh, lines[-1].en) if lines else ("", "")


def _steps(made: Allocation, candidates: Sequence[Candidate], unit: Unit) -> list[list[Cell]]:
    held: dict[str, list[tuple[Step, Line]]] = {candidate.unit: [] for candidate in candidates}
    for step in made.steps:
        for line in step.lines:
            held[line.unit].append((step, line))
    return [
        [
            name,
            step.step,
            line.rule or step.rule,
            "" if line.amount_fen is None else unit.of(line.amount_fen),
            line.zh,
            line.en,
        ]
        for name, lines in held.items()
        for step, line in lines
    ]


def _sums(made: Allocation, unit: Unit) -> list[list[Cell]]:
    amounts = {
        "budget": made.pool_fen,
        "reserve": made.reserve_fen,
        "awarded": made.awarded_fen,
        "left": made.unallocated_fen,
    }
    found: list[list[Cell]] = [
        [f"{step.step}.{name}", value] for step in made.steps for name, value in sorted(step.found.items())
    ]
    sums: list[list[Cell]] = [[f"{name} ({unit.value})", unit.of(fen)] for name, fen in amounts.items()]
    return [*sums, *found]
