"""The programme's files, as a test posts them: read by the client's own reader."""

from copy import deepcopy
from typing import Any

from clients.programme.folder import ProgrammeFolder, default_programme_folder

_FOLDER = ProgrammeFolder(default_programme_folder())


def document(name: str) -> dict[str, Any]:
    """One of the documents, such as ``scheme``; a copy, since tests spoil it."""
    found: dict[str, Any] = deepcopy(getattr(_FOLDER, name))
    return found


def newest_incentive() -> dict[str, Any]:
    """The version of 2024 that has the instruments, whose test rests on a list that became public on 2024-12-25."""
    found: dict[str, Any] = deepcopy(_FOLDER.incentives[1])
    return found


def calendar(year: int = 2024) -> dict[str, Any]:
    """The calendar of a year."""
    return deepcopy(next(entry for entry in _FOLDER.calendars if entry["assessment_year"] == year))


def divisions() -> list[dict[str, Any]]:
    return deepcopy(_FOLDER.divisions)


def industries() -> list[dict[str, Any]]:
    return deepcopy(_FOLDER.industries)
