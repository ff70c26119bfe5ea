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


class KeyFileUnusable(LocalError):
    """A key file is missing, broken, or not ours to read."""


class PortBusy(LocalError):
    """Another program listens on a port that a service needs."""


class SuiteAlreadyRunning(LocalError):
    """A second start on the same data folder."""


class SuiteNotRunning(LocalError):
    """A command needs the services, and they are not up."""


class ServiceDidNotStart(LocalError):
    """A service ended, or was not ready in time, at its start or its migration."""


class ServiceKeepsCrashing(LocalError):
    """A service ended too often in a short time; starting it again would not help."""


class UnknownChoice(LocalError):
    """An option names a role or a service that does not exist."""


class StartInterrupted(LocalError):
    """Asked to stop before all services were ready."""


class SuiteDidNotStop(LocalError):
    """The owner of the suite was asked to stop and did not end in time."""
