"""`clusters rotate`: a new signing key for the local issuer."""

from __future__ import annotations

import typer

from clients.cli.data_folder import DataFolder
from clients.cli.screen import say
from clients.local.issuer import LocalKeys


def register(app: typer.Typer) -> None:
    app.command("rotate")(rotate)


def rotate(data: DataFolder) -> None:
    """更换本地签发者的密钥(试用) / Give the local issuer a new key (trial); tokens signed before stay valid once."""
    LocalKeys.below(data).issuer.rotate()
    say(
        "已换新密钥;此前签发的令牌在下次更换前仍有效。",
        "There is a new key; tokens signed by the one before hold until the next rotation.",
    )
