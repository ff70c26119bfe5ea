"""`clusters issuer`: the local issuer's metadata and keys at an address, until Ctrl-C."""

from __future__ import annotations

from typing import Annotated

import typer

from clients.cli.commands.up import stop_on_signals
from clients.cli.data_folder import DataFolder
from clients.cli.screen import output, say
from clients.local.discovery import DEFAULT_PORT, DiscoveryServer
from clients.local.errors import PortBusy
from clients.local.issuer import LocalKeys


def register(app: typer.Typer) -> None:
    app.command("issuer")(issuer)


def issuer(
    data: DataFolder,
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="端口 / port")] = DEFAULT_PORT,
) -> None:
    """发布本地签发者的元数据与公钥(试用) / Publish the local issuer's metadata and keys (trial)."""
    key = LocalKeys.below(data).issuer
    key.load()
    try:
        server = DiscoveryServer(key, port=port)
    except OSError as error:
        raise PortBusy(
            f"端口 {port} 不可用:{error.strerror}。请用 --port 另选。",
            f"Port {port} cannot be used: {error.strerror}. Choose another --port.",
        ) from error
    with server, stop_on_signals(server.ask_to_stop):
        output.print(f"AUTH_METADATA={server.metadata_url}", markup=False, soft_wrap=True)
        server.watch()
    say("已停止。", "Stopped.")
