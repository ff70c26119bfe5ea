"""Who gets a notice: the addresses of each role, from a file that the operator keeps.

province_officer: [desk@example.gov.cn]
finance_reviewer: [review@example.gov.cn, deputy@example.gov.cn]
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from shared.documents.reading import DocumentUnreadable, read_document
from shared.web.principals import Role

_ADDRESS: Final = re.compile(r"[^@\s<>,;\"]{1,64}@[A-Za-z0-9.-]{1,255}", re.ASCII)
MAX_ADDRESSES: Final = 50


class AddressesUnusable(ValueError):
    """The file has mistakes; the message names them, but shows no address."""


def read_addresses(file: Path) -> Mapping[Role, tuple[str, ...]]:
    try:
        content = read_document(file.read_text("utf-8"), name=file.name).content
    except (OSError, UnicodeDecodeError, DocumentUnreadable) as error:
        raise AddressesUnusable(f"{file.name}: 无法读取 / cannot be read") from error
    if not isinstance(content, Mapping):
        raise AddressesUnusable(f"{file.name}: 应为角色和地址 / roles with their addresses are expected")
    return {_role(name): _addresses(name, given) for name, given in content.items()}


def recipients(addresses: Mapping[Role, Sequence[str]], roles: Collection[str]) -> list[str]:
    """Everybody with one of these roles, each once."""
    return sorted({address for role in roles for address in addresses.get(Role(role), ())})


def _role(name: object) -> Role:
    try:
        return Role(str(name))
    except ValueError as error:
        raise AddressesUnusable(f"没有这个角色 / there is no role {str(name)[:60]!r}") from error


def _addresses(role: object, given: object) -> tuple[str, ...]:
    found = given if isinstance(given, list) and len(given) <= MAX_ADDRESSES else [None]
    if not all(isinstance(entry, str) and _ADDRESS.fullmatch(entry) for entry in found):
        raise AddressesUnusable(
            f"{role}: 应为不超过{MAX_ADDRESSES}个邮件地址的列表 / "
            f"a list of at most {MAX_ADDRESSES} addresses is expected"
        )
    return tuple(found)
