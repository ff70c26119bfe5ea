"""Posts a programme's documents to their owners, each of which validates, hashes and publishes its part."""

from __future__ import annotations

from datetime import date
from typing import Any

from clients.programme.folder import ProgrammeFolder
from shared.http.funding import FundingClient
from shared.http.registry import RegistryClient
from shared.http.scoring import ScoringClient


async def load_registry(
    registry: RegistryClient, folder: ProgrammeFolder, *, on: date
) -> list[dict[str, Any]]:
    """Reference data, programme, indicator catalogue, and the calendars whose document is public by that day; returns
    those to come. The same content again is no change."""
    await registry.load_divisions(_held_by(folder.divisions, on))
    await registry.load_industries(folder.industries)
    await registry.publish_programme(folder.programme)
    await registry.publish_catalogue(folder.indicators)
    to_come = [entry for entry in folder.calendars if date.fromisoformat(entry["published_on"]) > on]
    for calendar in folder.calendars:
        if calendar not in to_come:
            await registry.publish_calendar(calendar)
    return to_come


def _held_by(divisions: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """The list as it is on the day: a recode to come is entered on its own."""
    held = []
    for row in divisions:
        begins, ends = (row[name] and date.fromisoformat(row[name]) for name in ("valid_from", "valid_to"))
        if begins is None or begins <= day:
            to_come = ends is not None and ends > day
            held.append({**row, "valid_to": None, "successor_code": None} if to_come else row)
    return held


async def take_over_recodes(registry: RegistryClient, *others: ScoringClient | FundingClient) -> list[str]:
    """Tells the other services of the recodes that the registry knows; returns the codes that were new to one."""
    told = [recode.code for recode in await registry.division_recodes()]
    new = set[str]()
    for service in others:
        known = {recode.code for recode in await service.division_recodes()}
        for code in told:
            if code not in known:
                await service.take_over_recode(code)
                new.add(code)
    return sorted(new)


async def load_scoring(
    officer: ScoringClient, decider: ScoringClient, folder: ProgrammeFolder, *, key: str
) -> str:
    """The scheme: drafted by one person, published by another. Returns its hash."""
    scheme = folder.scheme
    drafted = await officer.draft_scheme(scheme, key=f"{key}:scheme-draft")
    if drafted.state == "draft":
        await decider.publish_scheme(scheme["id"], scheme["version"], key=f"{key}:scheme-publication")
    return drafted.sha256


async def load_funding(
    funding: FundingClient, folder: ProgrammeFolder, *, key: str, on: date
) -> list[dict[str, Any]]:
    """The versions of incentive rules and instruments that are in effect by that day; returns those that come later.

    No version is published before the documents that it stands on are public.
    """
    to_come = [rules for rules in folder.incentives if date.fromisoformat(rules["effective"]["from"]) > on]
    for rules in folder.incentives:
        if rules not in to_come:
            await funding.publish_incentive_rules(rules, key=f"{key}:incentive:{rules['version']}")
    return to_come
