"""Parts of paths and queries that several routes have."""

from typing import Annotated

from fastapi import Path, Query

_CODE = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"

PathCode = Annotated[str, Path(min_length=1, max_length=64, pattern=_CODE)]
#: A programme's code with the year and number of its decision.
DecisionCode = Annotated[str, Path(min_length=1, max_length=100, pattern=_CODE)]
QueryCode = Annotated[str, Query(min_length=1, max_length=64, pattern=_CODE)]
