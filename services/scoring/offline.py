"""`clusters score`, `freeze`, `scheme-diff` and `scheme-schema`: a scheme on a table, without server or database.

Registered at the entry point group `clusters.commands`, so that the command line imports no service.
"""

import csv
import io
import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from services.scoring.domain.comparing.worked_examples import check_examples
from services.scoring.domain.engine.columns.columns import STAGES
from services.scoring.domain.engine.exact import decimal_text
from services.scoring.domain.engine.ranking.ranks import nodes_in_points
from services.scoring.domain.engine.run import Run, run_scheme
from services.scoring.domain.inputs.table import ReadTable, read_table
from services.scoring.domain.json_schema.scheme import scheme_schema
from services.scoring.domain.reading.document import parse_scheme
from services.scoring.domain.reading.problems import invalid_scheme
from services.scoring.domain.refusals import DataDoesNotFitScheme, EnginesDisagree
from services.scoring.domain.scheme.measures import Absent
from services.scoring.domain.scheme.scheme import Scheme
from services.scoring.offline_tables import Progress, tables_of
from shared.documents.canonical import canonical_bytes, sha256_of
from shared.documents.reading import read_document, read_text
from shared.tables.written import as_text, write_tables

if TYPE_CHECKING:
    from services.scoring.domain.comparing.changes import UnitMove

SchemeFile = Annotated[
    Path, typer.Option("--scheme", help="评估方案 YAML/JSON / the scheme", exists=True, dir_okay=False)
]
DataFile = Annotated[Path, typer.Option("--data", help="数据 CSV / the data", exists=True, dir_okay=False)]


#: So many columns that the scheme does not read are named, the others counted.
UNUSED_SHOWN = 20


def register(app: typer.Typer) -> None:
    app.command("score")(score)
    app.command("freeze")(freeze)
    app.command("scheme-diff")(scheme_diff)
    app.command("scheme-schema")(show_schema)


def score(
    scheme: SchemeFile,
    data: DataFile,
    trace: Annotated[bool, typer.Option("--trace", help="每一步的数值 / the values of every stage")] = False,
    robustness: Annotated[
        bool, typer.Option("--robustness", help="稳健性 / how certain each rank is")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="只输出JSON / print one JSON object")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="写入文件夹或 .xlsx、.csv 文件 / write the tables into a folder or file"),
    ] = None,
) -> None:
    """离线评分 / Score a table by a scheme, exactly; no server and no database."""
    read, sha256 = load_scheme(scheme)
    table = load_table(read, data)
    answer = score_table(read, table, sha256=sha256, trace=trace, robustness=robustness)
    if table.unused:
        shown = ", ".join(table.unused[:UNUSED_SHOWN])
        more = len(table.unused) - UNUSED_SHOWN
        rest = f" ……另有{more}列 / and {more} more" if more > 0 else ""
        typer.echo(f"未使用的列 / columns not read: {shown}{rest}", err=True)
    if robustness and not read.robustness.stated:
        typer.echo(f"方案没有 robustness 一节,按默认值 / {default_rules(read)}", err=True)
    tables = tables_of(answer)
    if out is not None:
        write_tables(tables, out)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    for unit in sorted(answer["units"], key=lambda unit: (unit["rank"] is None, unit["rank"] or 0)):
        typer.echo(
            f"{unit['rank'] or '-':>5}  {unit['score'] or '-':>20}  {unit['grade'] or '':<12}  {unit['unit']}"
        )
    for name in ("robustness", "trace"):
        if name in tables:
            typer.echo("")
            typer.echo(as_text(tables[name]))


def freeze(scheme: SchemeFile, data: DataFile) -> None:
    """冻结参数 / Print the scheme's `cohort.frozen` section: what it takes from these data."""
    read, _ = load_scheme(scheme)
    table = load_table(read, data)
    frozen = frozen_section(read, table)
    typer.echo(json.dumps({"frozen": frozen}, ensure_ascii=False, indent=2))


def default_rules(scheme: Scheme) -> str:
    rules = scheme.robustness
    return (
        f"the scheme has no robustness section; defaults: {rules.draws} draws, seed {rules.seed}, "
        f"{rules.weights} weights within {rules.spread}, top {rules.top}, stable {rules.stable}"
    )


def frozen_section(scheme: Scheme, table: ReadTable) -> dict[str, Any]:
    """What these data give for `cohort.frozen`; one section for each peer group that has parameters of its own."""
    runs = _runs(scheme, table)
    if scheme.peer_group is None or scheme.cohort.joint:
        return _frozen(runs[0])
    return {str(run.group): _frozen(run) for run in runs}


def _frozen(run: Run) -> dict[str, dict[str, str]]:
    return {
        code: {name: decimal_text(value) for name, value in sorted(held.items())}
        for code, held in sorted(run.table.parameters.items())
        if held
    }


def scheme_diff(
    before: Annotated[Path, typer.Option("--before", help="旧方案 / the scheme before", exists=True)],
    after: Annotated[Path, typer.Option("--after", help="新方案 / the scheme after", exists=True)],
    data: DataFile,
) -> None:
    """比较两版方案 / Show which units two versions of a scheme would place differently."""
    from services.scoring.domain.comparing.changes import moves_between  # noqa: PLC0415 - numpy, needed here only
    from services.scoring.domain.comparing.standings import standings_of  # noqa: PLC0415 - as above

    old, new = load_scheme(before)[0], load_scheme(after)[0]
    before_after = (
        standings_of(scheme, load_table(scheme, data).units, data_year=scheme.data.data_year)
        for scheme in (old, new)
    )
    moves = moves_between(*before_after)
    typer.echo(json.dumps({"moved": [_move(move) for move in moves]}, ensure_ascii=False, indent=2))


def show_schema() -> None:
    """方案的JSON Schema / Print the JSON Schema of schemes, for editors."""
    typer.echo(json.dumps(scheme_schema(), ensure_ascii=False, indent=1))


def load_scheme(path: Path) -> tuple[Scheme, str]:
    """The scheme and its hash, or every problem with file, line and clause."""
    document = read_document(read_text(path), name=path.name)
    scheme, problems = parse_scheme(document.content)
    if scheme is None:
        raise invalid_scheme(problems, document.content, file=path.name, line_of=document.line_of)
    return scheme, sha256_of(canonical_bytes(document.content))


def load_table(scheme: Scheme, path: Path) -> ReadTable:
    try:
        rows = list(csv.reader(io.StringIO(read_text(path), newline=""), strict=True))
    except csv.Error as error:
        raise DataDoesNotFitScheme(
            f"{path.name}不是有效的CSV(引号须成对)", f"{path.name} is not valid CSV: {error}"
        ) from error
    if not rows:
        raise DataDoesNotFitScheme("数据文件为空", "The data file is empty")
    return read_table(scheme, [column.strip() for column in rows[0]], rows[1:])


def score_table(
    scheme: Scheme, table: ReadTable, *, sha256: str, trace: bool = False, robustness: bool = False
) -> dict[str, Any]:
    """The answer of `clusters score --json`, after the examples held.

    `robustness` is null where the analysis engine cannot follow these figures: the score stands without it.
    """
    check_examples(scheme)
    runs = _runs(scheme, table, trace=trace)
    units = {unit["unit"]: unit for run in runs for unit in _units(scheme, run)}
    for zh, en in dict.fromkeys(warning for run in runs for warning in run.table.warnings):
        typer.echo(f"注意:{zh} / note: {en}", err=True)
    answer: dict[str, Any] = {
        "scheme_sha256": sha256,
        "units": [units[unit.unit] for unit in table.units],
    }
    if trace:
        answer["stages"] = _stages(scheme, runs)
    if robustness:
        answer |= _certainty(runs)
    return answer


def _certainty(runs: tuple[Run, ...]) -> dict[str, Any]:
    from services.scoring.domain.analysis.robustness import robustness_of  # noqa: PLC0415 - numpy, needed here only

    try:
        found = robustness_of(runs, progress=Progress().tell)
    except EnginesDisagree as refusal:
        typer.echo(
            f"稳健性未计算:{refusal.zh};评分不受影响 / no robustness: {refusal.en}; the score stands",
            err=True,
        )
        return {"robustness": None}
    answer: dict[str, Any] = {"robustness": dict(found.units)}
    if found.leave_one_out or found.sobol:
        answer["sensitivity"] = {"leave_one_out": dict(found.leave_one_out), "sobol": dict(found.sobol)}
    return answer


def _runs(scheme: Scheme, table: ReadTable, *, trace: bool = False) -> tuple[Run, ...]:
    return run_scheme(scheme, table.units, data_year=scheme.data.data_year, trace=trace, share_out=False)


def _units(scheme: Scheme, run: Run) -> list[dict[str, Any]]:
    ranks = {placed.scored.unit: placed.rank for placed in run.placed}
    return [
        {
            "unit": unit.unit,
            "score": None if unit.score is None else f"{unit.score:f}",
            "rank": ranks.get(unit.unit),
            "grade": run.grades.get(unit.unit),
            "nodes": {code: _written(value) for code, value in nodes_in_points(scheme, unit).items()},
        }
        for unit in run.scored
    ]


def _stages(scheme: Scheme, runs: tuple[Run, ...]) -> dict[str, dict[str, dict[str, str | None]]]:
    stages: dict[str, dict[str, dict[str, str | None]]] = {name: {} for name in (*STAGES, "aggregated")}
    for run in runs:
        for index in run.rows:
            unit = run.table.units[index]
            for name in STAGES:
                columns = run.table.stages[name]
                stages[name][unit.unit] = {code: _cell(column[index]) for code, column in columns.items()}
        for scored in run.scored:
            points = nodes_in_points(scheme, scored)
            stages["aggregated"][scored.unit] = {code: _written(value) for code, value in points.items()}
    return stages


def _cell(value: Decimal | Absent) -> str | None:
    return None if isinstance(value, Absent) else decimal_text(value)


def _written(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


def _move(move: "UnitMove") -> dict[str, Any]:
    return {
        "unit": move.unit,
        "before": {
            "score": _written(move.score_before),
            "rank": move.rank_before,
            "grade": move.grade_before,
        },
        "after": {"score": _written(move.score_after), "rank": move.rank_after, "grade": move.grade_after},
    }


csv.field_size_limit(min(sys.maxsize, 1_000_000))
