"""The command `clusters`: finds its commands in `clients.cli.commands` and the services' own at an
entry point, and loads the one that is called; shows failures as clear lines."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import entry_points
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_group

from clients.cli import commands
from clients.local.errors import LocalError
from shared.errors import Refusal

ERRORS_SHOWN = 20
Register = Callable[[typer.Typer], None]


class Commands(TyperGroup):
    """Loads a command when it is called: one that reads a table does not wait for what starts servers.

    A failure that the user can mend is two lines, Chinese first, and exit code 1; never a traceback.
    """

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return sorted(_commands())

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | TyperGroup | None:  # noqa: ARG002
        load = _commands().get(cmd_name)
        if load is None:
            return None
        app = typer.Typer(pretty_exceptions_enable=False, add_completion=False)
        load()(app)
        found = get_group(app).commands[cmd_name]
        assert isinstance(found, TyperCommand | TyperGroup)  # noqa: S101 - a typer app makes no other
        return found

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except (LocalError, Refusal) as error:
            _show(error)
            raise typer.Exit(1) from error


def _show(error: LocalError | Refusal) -> None:
    from clients.cli.screen import show_error, show_item  # noqa: PLC0415 - rich is needed for the rare case

    show_error(error.zh, error.en)
    items = getattr(error, "items", ())
    for item in items[:ERRORS_SHOWN]:
        show_item(item.field, item.zh, item.en)
    if len(items) > ERRORS_SHOWN:
        rest = len(items) - ERRORS_SHOWN
        show_item("……", f"另有 {rest} 处", f"and {rest} more")


@cache
def _commands() -> Mapping[str, Callable[[], Register]]:
    """How each command is loaded, by its name."""
    found: dict[str, Callable[[], Register]] = {}
    for module in pkgutil.iter_modules(commands.__path__):
        found[module.name.replace("_", "-")] = _of_module(f"{commands.__name__}.{module.name}")
    for point in entry_points(group="clusters.commands"):
        found[point.name] = point.load
    return found


def _of_module(name: str) -> Callable[[], Register]:
    def load() -> Register:
        register: Register = importlib.import_module(name).register
        return register

    return load


def make_app() -> typer.Typer:
    app = typer.Typer(
        name="clusters",
        help="县域产业集群:认定、评估、奖励 / County Clusters: designation, assessment, reward.",
        cls=Commands,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def clusters() -> None:
        """Keeps `clusters NAME` the form of every command, however few there are."""

    return app


app = make_app()
