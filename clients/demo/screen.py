"""The demo on a terminal: progress, what was found, the ranking with grade, outcome and money, and how to look on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from clients.demo.journal import Journal, Note
from clients.demo.result import DemoResult
from clients.local.suite import Suite
from shared.money import show_wan, show_yuan

WARNING = "演示数据,非官方结果 · Demonstration data, not an official result"

_MARKS = {"refused": ("拒绝", "red"), "corrected": ("更正", "yellow"), "ruled": ("裁定", "cyan")}
_GRADES = {"excellent": "优秀", "good": "良好", "pass": "合格", "fail": "不合格"}
_USES = {
    "cluster_infrastructure": "基础设施",
    "public_technical_service": "公共技术服务",
    "digital_platform": "数字化转型平台",
}
_OUTCOMES = {"designated": "认定", "cultivated": "重点培育", "refused": "未通过"}


class Screen:
    """Shows a run as it goes, and its result."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def banner(self, seed: int) -> None:
        self._console.print(
            Panel(
                f"[bold]湖北省县域特色产业集群 · 2024 年度申报评估与激励资金[/bold]\n"
                f"Hubei's county industry clusters: the funding year 2024\n[yellow]{WARNING}[/yellow]\n"
                f"[dim]随机种子 seed {seed} · 已公布的数字注明来源,其余为合成数据 "
                f"published figures carry their source, all others are synthetic[/dim]",
                expand=False,
            )
        )

    @contextmanager
    def following(self) -> Iterator[Journal]:
        """A journal whose steps, progress and notes are shown while they happen."""
        with Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self._console,
            transient=False,
        ) as progress:
            current = []

            def finish() -> None:
                if current:
                    task = current[-1]
                    total = progress.tasks[task].total or 1
                    progress.update(task, completed=total, total=total)

            def on_step(zh: str, en: str) -> None:
                finish()
                current.append(progress.add_task(f"{zh} [dim]{en}[/dim]", total=1))

            def on_progress(done: int, total: int) -> None:
                progress.update(current[-1], completed=done, total=total)

            def on_note(note: Note) -> None:
                mark, colour = _MARKS[note.kind]
                progress.console.print(f"  [{colour}]{mark}[/{colour}] ", end="")
                progress.console.print(note.zh, markup=False, highlight=False)

            yield Journal(on_step=on_step, on_progress=on_progress, on_note=on_note)
            finish()

    def result(self, result: DemoResult) -> None:
        self._ranking(result)
        self._money(result)
        self._priority(result)

    def how_to_look_further(self, suite: Suite, result: DemoResult, *, stays: bool) -> None:
        self._console.print("\n[bold]继续查看 · Look further[/bold]")
        for service in suite.services if stays else ():
            self._console.print(f"  {service.name:<9} {service.url}/docs", highlight=False)
        scoring = suite.url("scoring")
        lines = (
            "  TOKEN=$(.venv/bin/clusters token --role auditor --division 420000)",
            f'  curl -H "Authorization: Bearer $TOKEN" {scoring}/v1/releases/{result.release_sha256}/ranking',
            f'  curl -H "Authorization: Bearer $TOKEN" {suite.url("registry")}/v1/events?after=0',
        )
        if stays:
            for line in lines:
                self._console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            self._console.print("  clusters up    再次启动服务 · start the services again", highlight=False)

    def _ranking(self, result: DemoResult) -> None:
        money = {row.cluster: row for row in result.awards}
        table = Table(title=f"评估排名 · Ranking ({WARNING})", title_justify="left", pad_edge=False)
        for name, justify in (
            ("名次\nrank", "right"),
            ("集群\ncluster", "left"),
            ("县(市、区)\ncounty", "left"),
            ("得分\nscore", "right"),
            ("等次\ngrade", "left"),
            ("结果\noutcome", "left"),
            ("奖励\nreward", "right"),
            ("名称来源\nname", "left"),
        ):
            table.add_column(name, justify=justify)  # type: ignore[arg-type]
        for row in result.ranking:
            award = money.get(row.cluster)
            table.add_row(
                str(row.rank),
                f"{row.cluster} {row.name}",
                row.county_name,
                row.score,
                _GRADES.get(row.grade or "", row.grade or ""),
                _OUTCOMES.get(row.outcome, row.outcome),
                show_wan(award.amount_fen) if award else "",
                "公示 published" if row.is_published else "生成 generated",
                style="" if row.outcome == "designated" else "dim",
            )
        self._console.print(table)

    def _money(self, result: DemoResult) -> None:
        awarded = sum(row.amount_fen for row in result.awards)
        ledger = result.ledger
        adds_up = "=" if awarded + result.unallocated_fen == result.pool_fen else "≠"
        balanced = "=" if ledger.debits_fen == ledger.credits_fen else "≠"
        self._console.print(
            Panel(
                f"激励资金 [bold]{show_wan(result.pool_fen)}[/bold] {adds_up} "
                f"奖励 {show_wan(awarded)}({len(result.awards)} 个集群)+ 未分配 {show_wan(result.unallocated_fen)}"
                f"({result.unallocated_disposition})\n"
                f"pool {adds_up} awards of {len(result.awards)} clusters + unallocated\n"
                f"名单 list {result.list_number} · 文号 document {result.document_number}\n"
                f"账簿 ledger: {ledger.transfers} 笔 transfers, "
                f"借方 debits {show_yuan(ledger.debits_fen)} {balanced} 贷方 credits {show_yuan(ledger.credits_fen)} 元",
                title="资金 · Money",
                expand=False,
            )
        )

    def _priority(self, result: DemoResult) -> None:
        table = Table(title="专项债券优先支持项目 · Priority for special-purpose bonds", title_justify="left")
        for name in ("序 place", "项目代码 code", "项目 project", "集群 cluster", "用途 use", "有效期 valid"):
            table.add_column(name)
        for row in result.bond_priority:
            valid = f"{row.valid_from} — {row.valid_to}" if row.valid_from else ""
            table.add_row(
                str(row.place or "—"),
                row.project_code,
                row.project,
                row.cluster,
                _USES.get(row.use, row.use),
                valid or "拒绝 refused: " + ";".join(row.reasons),
                style="" if row.place else "red",
            )
        self._console.print(table)
