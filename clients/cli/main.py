"""The command `clusters`: finds its commands in `clients.cli.commands` and the services' own at an
entry point; shows failures as clear lines."""

from __future__ import annotations

import importlib
import pkgutil
from importlib.metadata import entry_points
from typing import Any

import typer
from typer.core import TyperGroup

from clients.cli import commands
from clients.cli.screen import show_error, show_item
from clients.local.errors import LocalError
from shared.errors import Refusal


class ClearErrors(TyperGroup):
    """A failure that the user can mend is two lines, Chinese first, and exit code 1; never a traceback."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (LocalError, Refusal) as error:
            show_error(error.zh, error.en)
            for item in getattr(error, "items", ())[:20]:
                show_item(item.field, item.zh, item.en)
            raise typer.Exit(1) from error


def make_app() -> typer.Typer:
    app = typer.Typer(
        name="clusters",
        help="县域产业集群:认定、评估、奖励 / County Clusters: designation, assessment, reward.",
        cls=ClearErrors,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def clusters() -> None:
        """Keeps `clusters NAME` the form of every command, however few there are."""

    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda module: module.name):
        importlib.import_module(f"{commands.__name__}.{module.name}").register(app)
    for point in sorted(entry_points(group="clusters.commands"), key=lambda point: point.name):
        point.load()(app)
    return app


app = make_app()
