"""The demo on a terminal: progress, what was found, the ranking with grade, outcome and money, and how to look on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from clients.demo.journal import Journal, Note
from clients.demo.result import DemoResult, StatusChange, YearResult
from clients.local.suite import Suite
from shared.text.money import show_wan, show_yuan

WARNING = "演示数据,非官方结果 · Demonstration data, not an official result"

_MARKS = {
    "refused": ("拒绝", "red"),
    "corrected": ("更正", "yellow"),
    "ruled": ("裁定", "cyan"),
    "gate": ("审定", "green"),
    "in_part": ("支付", "yellow"),
    "returned": ("退回", "yellow"),
    "settled": ("结转", "cyan"),
}
_GRADES = {"excellent": "优秀", "good": "良好", "pass": "合格", "fail": "不合格"}
_USES = {
    "cluster_infrastructure": "基础设施",
    "public_technical_service": "公共技术服务",
    "digital_platform": "数字化转型平台",
}
_OUTCOMES = {
    "designated": "认定",
    "cultivated": "重点培育",
    "refused": "未通过",
    "dropped": "退出培育",
    "rectification": "限期整改",
    "removed": "剔除",
}


class Screen:
    """Shows a run as it goes, and its result."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def banner(self, seed: int, years: Sequence[int]) -> None:
        shown = "、".join(map(str, years))
        self._console.print(
            Panel(
                f"[bold]湖北省县域特色产业集群 · {shown} 年度申报评估与激励资金[/bold]\n"
                f"Hubei's county industry clusters: {shown.replace('、', ', ')}\n[yellow]{WARNING}[/yellow]\n"
                f"[dim]随机种子 seed {seed} · 已公布的数字注明来源,其余为合成数据 "
                f"published figures carry their source, all others are synthetic[/dim]",
                expand=False,
            )
        )

    @contextmanager
    def following(self) -> Iterator[Journal]:
        """A journal whose steps, progress and notes are shown while they happen."""
        columns = (TextColumn("{task.description}"), BarColumn(bar_width=10), TimeElapsedColumn())
        with Progress(*columns, console=self._console) as progress:
            tasks: list[TaskID] = []

            def finish() -> None:
                if tasks:
                    total = progress.tasks[-1].total or 1
                    progress.update(tasks[-1], completed=total, total=total)
                    progress.stop_task(tasks[-1])

            def on_step(zh: str, en: str) -> None:
                finish()
                tasks.append(progress.add_task(f"{zh} [dim]{en}[/dim]", total=1))

            def on_progress(done: int, total: int) -> None:
                progress.update(tasks[-1], completed=done, total=total)

            def on_note(note: Note) -> None:
                mark, colour = _MARKS[note.kind]
                line = Text.assemble("  ", (mark, colour), " ", note.zh)
                progress.console.print(line, soft_wrap=True)
                progress.console.print(f"       {note.en}", style="dim", markup=False, soft_wrap=True)

            yield Journal(on_step=on_step, on_progress=on_progress, on_note=on_note)
            finish()

    def result(self, result: DemoResult) -> None:
        names = {
            row.cluster: f"{row.county_name} {row.name}" for year in result.years for row in year.ranking
        }
        for year in result.years:
            self._console.rule(f"[bold]{year.assessment_year}[/bold]")
            self._ranking(year)
            self._changes(
                [own for own in result.designations if own.before and own.on.year == year.assessment_year],
                names,
            )
            self._money(year)
            self._priority(year)
            self._passed_down(year)

    def how_to_look_further(self, suite: Suite, result: DemoResult, *, data_dir: Path, stays: bool) -> None:
        self._console.print("\n[bold]继续查看 · Look further[/bold]")
        for service in suite.services if stays else ():
            self._console.print(f"  {service.name:<9} {service.url}/docs", highlight=False)
        scoring = suite.url("scoring")
        lines = (
            f"  TOKEN=$(.venv/bin/clusters token --data {data_dir} --role auditor --division 420000)",
            f'  curl -H "Authorization: Bearer $TOKEN" {scoring}/v1/releases/{result.years[-1].release_sha256}/ranking',
            f'  curl -H "Authorization: Bearer $TOKEN" {suite.url("registry")}/v1/events?after=0',
        )
        self._console.print(
            f"  .venv/bin/clusters cycle --data {data_dir} status {result.years[-1].assessment_year}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        if stays:
            for line in lines:
                self._console.print(line, markup=False, highlight=False, soft_wrap=True)
        else:
            self._console.print("  clusters up    再次启动服务 · start the services again", highlight=False)

    def _ranking(self, result: YearResult) -> None:
        money = {row.cluster: row for row in result.awards}
        table = Table(
            title=f"{result.assessment_year} 评估排名 Ranking\n{WARNING}",
            title_justify="left",
            box=box.SIMPLE_HEAD,
            padding=(0, 1, 0, 0),
        )
        table.add_column("名次\nrank", justify="right", no_wrap=True, min_width=4)
        table.add_column("集群\ncluster", no_wrap=True)
        table.add_column("县(市、区)\ncounty", no_wrap=True, max_width=12)
        table.add_column("得分\nscore", justify="right", no_wrap=True)
        table.add_column("等次\ngrade", no_wrap=True, min_width=6)
        table.add_column("结果\noutcome", no_wrap=True, min_width=8)
        table.add_column("奖励万元\nreward", justify="right", no_wrap=True, min_width=8)
        last_rewarded = max((row.rank for row in result.awards), default=0)
        for row in result.ranking:
            award = money.get(row.cluster)
            passed_over = not row.developing_well and (row.rank or 0) < last_rewarded
            table.add_row(
                str(row.rank),
                row.name.replace("产业集群", ""),
                row.county_name,
                row.score,
                _GRADES.get(row.grade or "", row.grade or ""),
                _OUTCOMES.get(row.outcome, row.outcome),
                show_wan(award.amount_fen).removesuffix(" 万元") if award else "①" if passed_over else "",
                style="" if row.outcome == "designated" else "dim",
            )
        self._console.print(table)
        self._console.print(
            "〔演示〕 = 生成的申报主体,其余名称来自公示 · generated applicants; other names are published",
            style="dim",
            soft_wrap=True,
        )
        self._console.print(
            "① 排名靠前但发展成效未达标,不奖励(27号 三(五)) · ranked high but did not develop well: no reward",
            style="dim",
            soft_wrap=True,
        )

    def _changes(self, changes: Sequence[StatusChange], names: Mapping[str, str]) -> None:
        """Whose status has changed against the year before: rolling management."""
        if changes:
            self._console.print("\n[bold]滚动管理 · Changes of status[/bold]")
        for own in changes:
            before, after = (_OUTCOMES.get(status, status) for status in (own.before or "", own.after))
            basis = "" if own.release_sha256 else " (未作年度填报 no annual return)"
            self._console.print(
                f"  {own.on} {names[own.cluster]}:{before} → {after}{basis}", markup=False, soft_wrap=True
            )

    def _money(self, result: YearResult) -> None:
        awarded = sum(row.amount_fen for row in result.awards)
        adds_up = _sign(holds=awarded + result.unallocated_fen == result.pool_fen)
        self._console.print(
            Panel(
                f"资金池 pool [bold]{show_wan(result.pool_fen)}[/bold] {adds_up} {len(result.awards)} 个奖励 awards "
                f"{show_wan(awarded)} + 未分配 left {show_wan(result.unallocated_fen)}\n"
                + (
                    f"上年结转 carried in {show_wan(result.carried_in_fen)}\n"
                    if result.carried_in_fen
                    else ""
                )
                + f"名单 list {result.list_number} · 文号 document {result.document_number}",
                title="激励资金 · Incentive fund",
                expand=False,
            )
        )

    def _passed_down(self, result: YearResult) -> None:
        below, settled, ledger = result.passed_down, result.settled, result.ledger
        passed = sum(row.received_fen for row in below.quotas)
        self._console.print()
        table = Table(
            title="支出进度 Spending", title_justify="left", box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0)
        )
        table.add_column("集群\ncluster", no_wrap=True)
        table.add_column("县(市、区)\ncounty", no_wrap=True)
        table.add_column("经由\nthrough", no_wrap=True)
        for heading in ("收到万元\nreceived", "已付万元\npaid", "进度\nspent"):
            table.add_column(heading, justify="right", no_wrap=True)
        for row in below.quotas:
            table.add_row(
                row.name.replace("产业集群", ""),
                row.county_name,
                row.city_name or "",
                show_wan(row.received_fen).removesuffix(" 万元"),
                show_wan(row.paid_fen).removesuffix(" 万元"),
                f"{row.spent_share * 100:.2f} %",
            )
        self._console.print(table)
        parts = below.to_counties_fen + below.to_districts_fen
        left = passed - below.paid_fen + below.returned_fen
        carried, taken = show_wan(settled.carried_over_fen), show_wan(settled.returned_fen)
        is_settled = settled.carried_over_fen + settled.returned_fen == below.left_fen
        balanced = ledger.debits_fen == ledger.credits_fen
        self._console.print(
            Panel(
                f"到县 to counties {show_wan(below.to_counties_fen)} "
                f"+ 经市到区 via cities {show_wan(below.to_districts_fen)} "
                f"{_sign(holds=passed == parts)} [bold]{show_wan(passed)}[/bold]\n"
                f"− 已付 paid {show_wan(below.paid_fen)} + 退回 returned {show_wan(below.returned_fen)} "
                f"{_sign(holds=left == below.left_fen)} 未支付 left [bold]{show_wan(below.left_fen)}[/bold]\n"
                f"年末 year-end {_sign(holds=is_settled)} 结转 carried over {carried} + 收回 returned {taken}\n"
                f"账簿 ledger: {ledger.transfers} 笔 transfers\n"
                f"借方 debits {show_yuan(ledger.debits_fen)} 元 {_sign(holds=balanced)} "
                f"贷方 credits {show_yuan(ledger.credits_fen)} 元",
                title="资金下达与支付 · Passed down and paid",
                expand=False,
            )
        )

    def _priority(self, result: YearResult) -> None:
        self._console.print("\n[bold]专项债券优先支持项目 · Priority for special-purpose bonds[/bold]")
        for row in result.bond_priority:
            use = _USES.get(row.use, row.use)
            line = Text.assemble(
                f"  {row.place or '—'} ",
                (row.project, "bold" if row.place else "red"),
                f"  {row.cluster} {use}",
            )
            self._console.print(line, soft_wrap=True)
            detail = (
                f"    {row.project_code} 有效 valid {row.valid_from} — {row.valid_to}"
                if row.place
                else f"    {row.project_code} 拒绝 refused: " + ";".join(row.reasons)
            )
            self._console.print(
                detail, markup=False, highlight=False, soft_wrap=True, style="dim" if row.place else "red"
            )


def _sign(*, holds: bool) -> str:
    return "=" if holds else "≠"
