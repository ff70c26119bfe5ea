"""What a person sees. Notes and errors go to stderr, so that stdout stays the command's own answer."""

from __future__ import annotations

from rich.console import Console

output = Console(highlight=False)
notes = Console(stderr=True, highlight=False)


def say(zh: str, en: str) -> None:
    """A note on the way: Chinese first."""
    notes.print(zh, markup=False, emoji=False, soft_wrap=True)
    notes.print(en, style="dim", markup=False, emoji=False, soft_wrap=True)


def show_error(zh: str, en: str) -> None:
    notes.print(f"错误:{zh}", style="bold red", markup=False, emoji=False, soft_wrap=True)
    notes.print(f"Error: {en}", style="red", markup=False, emoji=False, soft_wrap=True)


def show_item(field: str, zh: str, en: str) -> None:
    """One of the things that are wrong."""
    notes.print(f"  {field}: {zh} / {en}", markup=False, emoji=False, soft_wrap=True)
