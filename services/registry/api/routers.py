"""All routes of the registry, and the tags that group them."""

from typing import Any

from fastapi import APIRouter

ALL: tuple[APIRouter, ...] = ()
TAGS: tuple[dict[str, Any], ...] = ()
