"""``python -m <package> migrate | serve | openapi | settings | access``: what a service's process can be."""

import argparse
import gc
import json
import sys
from collections.abc import Callable
from typing import Any, Generic

import uvicorn
from alembic.util.exc import CommandError
from fastapi import FastAPI

from shared.data.migrations import DatabaseEncodingUnfit, upgrade
from shared.settings import LOCAL_ISSUER, ServiceSettings, Settings, load_settings


class ServiceMain(Generic[Settings]):
    """The command line of one service."""

    def __init__(
        self,
        name: str,
        package: str,
        settings: type[Settings],
        create_app: Callable[[Settings], FastAPI],
        example: Callable[[], Settings],
    ) -> None:
        self._name = name
        self._package = package
        self._settings = settings
        self._create_app = create_app
        self._example = example

    def run(self, arguments: list[str] | None = None) -> None:
        parser = argparse.ArgumentParser(prog=f"python -m {self._package}")
        commands = parser.add_subparsers(dest="command", required=True)
        migrate = commands.add_parser("migrate", help="bring the database to the newest schema")
        migrate.add_argument("--wait-seconds", type=int, default=0, help="how long to wait for the database")
        commands.add_parser("openapi", help="print the API description")
        commands.add_parser("settings", help="print the settings as a table")
        commands.add_parser("access", help="print who may call what, as a table")
        serve = commands.add_parser("serve", help="serve HTTP")
        serve.add_argument("--host", default="127.0.0.1")
        serve.add_argument("--port", type=int, required=True)
        options = parser.parse_args(arguments)
        if options.command == "openapi":
            description = self._create_app(self._example()).openapi()
            sys.stdout.write(json.dumps(description, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
            return
        if options.command == "settings":
            sys.stdout.write(settings_table(self._name, self._settings))
            return
        if options.command == "access":
            sys.stdout.write(access_table(self._name, self._create_app(self._example()).openapi()))
            return
        settings = load_settings(self._settings)
        if options.command == "migrate":
            try:
                upgrade(
                    self._package, settings.database_url.get_secret_value(), wait_seconds=options.wait_seconds
                )
            except CommandError as error:
                zh = "数据库由另一版本建立,本版本不能升级它,请另用数据库或数据文件夹"
                en = "this version cannot upgrade a database that another version made; use another one"
                raise SystemExit(f"{zh} / {en} ({error})") from None
            except DatabaseEncodingUnfit as error:
                raise SystemExit(f"数据库编码不是 UTF8,无法保存中文 / {error}") from None
            return
        app = self._create_app(settings)
        _keep_for_ever()
        uvicorn.run(
            app,
            host=options.host,
            port=options.port,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
            h11_max_incomplete_event_size=64 * 1024,
        )


def access_table(service: str, description: dict[str, Any]) -> str:
    """Every operation of a service as a table in Markdown: what it is, whom its scope covers, who may call it."""
    lines = [f"## {service}", "", "| operation | scope | roles |", "|---|---|---|"]
    for path, operations in sorted(description["paths"].items()):
        for method, operation in sorted(operations.items()):
            roles = operation.get("x-roles")
            everybody = "everybody who has signed in" if operation.get("x-scope") == "published" else None
            shown = "—" if roles is None else everybody or ", ".join(roles)
            scope = operation.get("x-scope", "open")
            lines.append(f"| `{method.upper()} {path}`<br>{operation['summary']} | {scope} | {shown} |")
    return "\n".join(lines) + "\n\n"


def _keep_for_ever() -> None:
    """Takes what the start has made out of the garbage collector's sight: it lives as long as the process, and looking
    through all of it holds up every request for 130 ms and more.
    """
    gc.collect()
    gc.freeze()


def settings_table(service: str, settings: type[ServiceSettings]) -> str:
    """The settings of a service as a table in Markdown: variable, default, meaning."""
    prefix = str(settings.model_config.get("env_prefix", ""))
    lines = [f"## {service}", "", "| variable | default | meaning |", "|---|---|---|"]
    for name, field in settings.model_fields.items():
        default = (
            "**required**"
            if field.is_required()
            else f"`{field.default}`"
            if field.default not in (None, ())
            else "—"
        )
        lines.append(f"| `{prefix}{name.upper()}` | {default} | {field.description} |")
    return "\n".join(lines) + "\n\n"


#: Settings that no environment gives, enough to describe the API or to build an app for a test.
EXAMPLE_SETTINGS = {
    "database_url": "postgresql+asyncpg://localhost/example",
    "mode": "trial",
    "division": "420000",
    "auth_issuer": LOCAL_ISSUER,
    "auth_jwks": "jwks.json",
}
