"""The page's schemes and tables, changed at random: a result on which both engines agree, or a refusal."""

import copy
import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from services.scoring.domain.inputs.table import read_table
from services.scoring.domain.reading.document import parse_scheme
from services.scoring.domain.reading.problems import invalid_scheme
from services.scoring.domain.scheme.steps import (
    ImputeMethod,
    NormaliseMethod,
    OutlierMethod,
    TransformMethod,
    WeightMethod,
)
from services.scoring.domain.scheme.tree import AbsencePolicy, Aggregation
from services.scoring.offline import frozen_section, score_table
from shared.documents.reading import read_document
from shared.errors import Refusal
from tests.unit.scoring.published.test_schemes_page import WHOLE

ENUMS = (
    NormaliseMethod,
    OutlierMethod,
    ImputeMethod,
    TransformMethod,
    WeightMethod,
    Aggregation,
    AbsencePolicy,
)
WORDS = [word.value for enum in ENUMS for word in enum]
ODD: list[Any] = [
    None,
    0,
    1,
    -1,
    "0.5",
    "1e3",
    "",
    [],
    {},
    True,
    "x",
    10**15 - 1,
    "-999999999999999",
    "NaN",
    [1],
    ["a"],
]
CELLS = ["0", "-1", "NA", "", "99999999999999999999", "1e-30", "5", "3.3333", "n/a", "yes", "high", "-7.5"]
Place = tuple[str | int, ...]


def places(document: Any, path: Place = ()) -> Iterator[tuple[Place, Any]]:
    yield path, document
    parts = document.items() if isinstance(document, dict) else ()
    for key, value in enumerate(document) if isinstance(document, list) else parts:
        yield from places(value, (*path, key))


DOCUMENTS = [(read_document(blocks["scheme"], name="s").content, blocks["csv"]) for blocks in WHOLE]
POOL: dict[str, list[Any]] = defaultdict(list)
for _document, _ in DOCUMENTS:
    for _path, _value in places(_document):
        if _path and isinstance(_path[-1], str):
            POOL[_path[-1]].append(_value)


def mutated(chance: random.Random) -> tuple[Any, list[list[str]]]:
    document, table = copy.deepcopy(chance.choice(DOCUMENTS))
    for _ in range(chance.choice([0, 1, 1, 2, 3])):
        path, value = chance.choice([place for place in places(document) if place[0]])
        holder = document
        for key in path[:-1]:
            holder = holder[key]
        how = chance.random()
        if how < 0.35:
            holder[path[-1]] = copy.deepcopy(chance.choice(ODD))
        elif how < 0.6 and isinstance(value, str):
            holder[path[-1]] = chance.choice(WORDS)
        elif how < 0.8 and isinstance(path[-1], str):
            holder[path[-1]] = copy.deepcopy(chance.choice(POOL[path[-1]]))
        else:
            mapping = chance.choice([held for _, held in places(document) if isinstance(held, dict)])
            key = chance.choice(sorted(POOL))
            mapping[key] = copy.deepcopy(chance.choice(POOL[key]))
    rows = list(csv.reader(table.splitlines()))
    for _ in range(chance.choice([0, 0, 1, 3])):
        chance.choice(rows[1:])[chance.randrange(1, len(rows[0]))] = chance.choice(CELLS)
    return document, rows[:2] if chance.random() < 0.1 else rows


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("seed", range(4))
def test_a_changed_scheme_is_scored_or_refused(seed: int) -> None:
    chance, scored = random.Random(seed), 0  # noqa: S311
    for _ in range(400):
        document, rows = mutated(chance)
        scheme, problems = parse_scheme(document)
        if scheme is None:
            assert invalid_scheme(problems, document).items
            continue
        scheme = replace(scheme, robustness=replace(scheme.robustness, draws=50))
        try:
            table = read_table(scheme, rows[0], rows[1:])
            with np.errstate(all="ignore"):
                answer = score_table(scheme, table, sha256="", trace=True, robustness=True)
            frozen_section(scheme, table)
        except Refusal:
            continue
        assert answer["robustness"] is not None, "the engines disagree"
        assert len(answer["units"]) == len(table.units)
        scored += 1
    assert scored >= 30
