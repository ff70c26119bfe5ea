"""`clusters secrets DIR`: the secret files of a trial in containers; what is there already is kept."""

from __future__ import annotations

import secrets as random_secrets
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from clients.cli.screen import say
from clients.local.errors import DataFolderUnusable
from clients.local.issuer import SERVICES, LocalKeys
from clients.local.service_plan import service_tokens

_TRIAL_LIFETIME = timedelta(days=30)


def register(app: typer.Typer) -> None:
    app.command("secrets")(secrets)


def secrets(
    folder: Annotated[Path, typer.Argument(help="文件夹,如 deploy/secrets / folder, such as deploy/secrets")],
    division: Annotated[
        str, typer.Option("--division", help="省级区划代码 / the province's division code")
    ] = "420000",
) -> None:
    """生成容器试用所需的密码、密钥和令牌 / Make passwords, keys and tokens for a trial in containers.

    The folder is closed to others (0700); the files in it can be read, since a container's low user must.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise DataFolderUnusable(
            f"无法使用 {folder}:{error.strerror}", f"Cannot use {folder}: {error.strerror}"
        ) from error
    keys = LocalKeys.below(folder)
    keys.ensure()
    _keep(folder / "postgres_password", random_secrets.token_urlsafe(24))
    for name in SERVICES:
        password = _keep(folder / f"{name}_database_password", random_secrets.token_urlsafe(24))
        _keep(folder / f"{name}_database_url", f"postgresql+asyncpg://{name}:{password}@database/{name}")
    _write(folder / "release_signing_key", keys.release.private_file.read_text("utf-8"))
    for caller, callee, token in service_tokens(keys, division=division, lifetime=_TRIAL_LIFETIME):
        _write(folder / f"{caller}_{callee}_token", token)
    for public in (keys.issuer.public_file, keys.release.public_file):
        public.chmod(0o644)
    say(
        f"已生成 {folder};服务令牌 {_TRIAL_LIFETIME.days} 天有效,到期前再运行一次。",
        f"Made {folder}; the service tokens hold for {_TRIAL_LIFETIME.days} days: run it again before.",
    )


def _keep(file: Path, fresh: str) -> str:
    if not file.exists():
        _write(file, fresh)
    return file.read_text("utf-8")


def _write(file: Path, content: str) -> None:
    """In place: a running container sees the same file, so a renewed token reaches it."""
    file.write_text(content, "utf-8")
    file.chmod(0o644)
