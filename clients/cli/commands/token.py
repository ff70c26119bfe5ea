"""`clusters token`: an access token of the local issuer, alone on stdout."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from clients.cli.data_folder import DataFolder
from clients.cli.screen import output
from clients.local.errors import UnknownChoice
from clients.local.issuer import SERVICES, LocalIssuer, LocalKeys
from shared.web.principals import Role


def register(app: typer.Typer) -> None:
    app.command("token")(token)


def token(
    data: DataFolder,
    role: Annotated[list[str], typer.Option("--role", help="角色,可重复 / role, may be repeated")],
    division: Annotated[str, typer.Option("--division", help="行政区划代码 / division code")],
    audience: Annotated[
        list[str] | None,
        typer.Option("--audience", help="服务,可重复,默认全部 / service, may be repeated, default all"),
    ] = None,
    unit: Annotated[str, typer.Option("--unit", help="单位 / organisational unit")] = "",
    subject: Annotated[str, typer.Option("--subject", help="用户标识 / subject")] = "",
    name: Annotated[str, typer.Option("--name", help="姓名 / name")] = "",
    department: Annotated[str | None, typer.Option("--department", help="数据来源部门 / department")] = None,
    hours: Annotated[
        float, typer.Option("--hours", min=0.01, max=12, help="有效小时数,至多 12 / lifetime, at most 12")
    ] = 8,
) -> None:
    """打印一个访问令牌(试用) / Print an access token of the local issuer (trial)."""
    audiences = audience or list(SERVICES)
    _refuse_unknown(role, [known.value for known in Role], "角色", "role")
    _refuse_unknown(audiences, list(SERVICES), "服务", "service")
    minted = LocalIssuer(LocalKeys.below(data).issuer).mint(
        subject=subject or f"{role[0]}@{division}",
        name=name or role[0],
        roles=role,
        division=division,
        unit=unit,
        audience=audiences,
        lifetime=timedelta(hours=hours),
        department=department,
    )
    output.print(minted, markup=False, soft_wrap=True)


def _refuse_unknown(given: list[str], known: list[str], zh: str, en: str) -> None:
    unknown = ", ".join(sorted(set(given) - set(known)))
    if unknown:
        choices = ", ".join(known)
        raise UnknownChoice(
            f"没有这个{zh}:{unknown}。可用:{choices}", f"No such {en}: {unknown}. Known: {choices}"
        )
