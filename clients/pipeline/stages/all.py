"""The stages that this version can do."""

from collections.abc import Mapping
from typing import Final

from clients.pipeline.stages.contract import Stage

STAGES: Final[Mapping[str, Stage]] = {}
