"""A folder is one subject that a reader can look over: at most 15 files of Python."""

import ast
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES_LIMIT = 15
PLACES = ("services", "shared", "clients")


def _modules(*places: str) -> list[Path]:
    """All modules of these places, without package marks and migrations."""
    return [
        path
        for place in places
        for path in (ROOT / place).rglob("*.py")
        if path.name != "__init__.py" and "versions" not in path.parts
    ]


def test_no_folder_has_more_files_than_a_reader_looks_over() -> None:
    sizes = Counter(path.parent.relative_to(ROOT) for path in _modules(*PLACES))
    assert {str(folder): size for folder, size in sizes.items() if size > FILES_LIMIT} == {}
    assert len(sizes) > 50  # it does look at them


@pytest.mark.parametrize(
    "place", ["services/registry", "services/scoring", "services/funding", "clients/pipeline"]
)
def test_no_row_leaves_storage_untyped(place: str) -> None:
    """No function of storage or use cases takes or gives a bare `Any` or a bag of columns; a row is seen by its reader
    alone (a private function of storage).
    """
    untyped = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for layer in ("storage", "use_cases")
        for path in _modules(f"{place}/{layer}")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if any(_is_untyped(told, private=node.name.startswith("_")) for told in _types_of(node))
    ]
    assert untyped == []


def _types_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    told = [argument.annotation for argument in ast.walk(function.args) if isinstance(argument, ast.arg)]
    return [ast.unparse(annotation) for annotation in (*told, function.returns) if annotation is not None]


def _is_untyped(told: str, *, private: bool) -> bool:
    bag = told.removesuffix(" | None") in ("Any", "Sequence[Any]", "Mapping[str, Any]", "dict[str, Any]")
    return bag or (not private and ("Row[" in told or "RowMapping" in told))
