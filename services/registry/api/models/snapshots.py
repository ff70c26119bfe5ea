"""Snapshots on the wire; their content is the border document itself."""

from datetime import datetime

from pydantic import BaseModel


class SnapshotOut(BaseModel):
    sha256: str
    number: int
    units: int


class SnapshotEntry(BaseModel):
    sha256: str
    number: int
    recorded_at: datetime


class SnapshotList(BaseModel):
    snapshots: list[SnapshotEntry]
