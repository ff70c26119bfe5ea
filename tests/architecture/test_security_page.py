"""Each row of the threat model names a test, and each named test exists."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
KINDS = "STRIDE"
BORDERS = (
    "Client to service",
    "Service to service",
    "Service to identity provider",
    "Service to database",
    "Operator",
    "Files in",
)


def rows(page: str) -> list[list[str]]:
    """The cells of each threat."""
    lines = [line for line in page.splitlines() if re.match(rf"\| [{KINDS}] \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def missing(page: str) -> list[str]:
    """What a row names that is no test."""
    return [cells[-1] for cells in rows(page) if not is_test(cells[-1].strip("`"))]


def is_test(name: str) -> bool:
    path, _, function = name.partition("::")
    if not function.startswith("test_") or not (ROOT / path).is_file():
        return False
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    defined = (ast.FunctionDef, ast.AsyncFunctionDef)
    return any(isinstance(node, defined) and node.name == function for node in tree.body)


def test_each_threat_names_a_test_that_exists() -> None:
    assert missing(PAGE) == []
    assert all(len(cells) == 4 for cells in rows(PAGE))


def test_each_border_is_looked_at_and_each_kind_of_threat() -> None:
    sections = PAGE.split("\n### ")[1:]
    assert tuple(section.partition("\n")[0] for section in sections) == BORDERS
    assert all(len(rows(section)) >= 4 for section in sections)
    assert {cells[0] for cells in rows(PAGE)} == set(KINDS)


def test_a_row_without_its_test_is_found() -> None:
    for name in (
        "tests/integration/none.py::test_x",
        "tests/unit/test_deploy.py::test_none",
        "a promise",
        "README.md::",
    ):
        assert missing(f"| S | a | b | `{name}` |") == [f"`{name}`"]
    assert (
        missing("| S | a | b | `tests/unit/test_deploy.py::test_an_image_holds_shared_and_one_service` |")
        == []
    )
