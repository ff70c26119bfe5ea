"""What can go wrong on a local machine, in words for the person who typed the command."""

from __future__ import annotations


class LocalError(Exception):
    """A failure that its reader can mend. Always said in Chinese first, then in English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh}\n{en}")
        self.zh = zh
        self.en = en


class PostgresBinariesMissing(LocalError):
    """No usable PostgreSQL programs on this machine."""


class PostgresUserMissing(LocalError):
    """Started as root, and no low user to run the server as."""


class DataFolderUnusable(LocalError):
    """The data folder is missing, belongs to somebody else, or cannot be reached."""


class DataFolderHasOtherMajorVersion(LocalError):
    """The data folder was written by another major version of PostgreSQL."""


class PostgresDidNotStart(LocalError):
    """The server ended or did not answer in time."""


class PostgresRefusedStatement(LocalError):
    """An administrative SQL statement failed."""
