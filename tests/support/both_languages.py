"""Messages in Chinese and English as they stand in the code, and what one of both says and the other does not.

A pair is two texts behind each other, the first with Chinese characters: arguments of a call, a tuple, `zh, en = ..`.
Compared are the numbers, the values that are put in, and the names of fields and rules (`next_rank_fen`). The Chinese
name of something and its English one count as the same value: `x.zh` and `x.en`, `NAMES_ZH[x]` and `x.value`.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

CHINESE = re.compile("[\u4e00-\u9fff]")
#: Numbers that English writes as words.
WORDS = {"0": ("zero", "no "), "1": ("one", "once"), "2": ("two", "both"), "3": ("three",)}
#: What a library says in English; the Chinese text says what the matter is in its own words.
FOREIGN = {"error", "error.problem"}
_BLOCKS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Pair:
    line: int
    zh: ast.expr
    en: ast.expr

    @property
    def differences(self) -> set[str]:
        """Numbers, values and names that stand in one of the texts only."""
        zh, en = _text(self.zh) or "", _text(self.en) or ""
        written = {
            number for number in _numbers(zh) if any(word in en.lower() for word in WORDS.get(number, ()))
        }
        numbers = (_numbers(zh) ^ _numbers(en)) - written
        values = (set(_values(self.zh)) ^ set(_values(self.en))) - FOREIGN
        return numbers | values | (_names(zh) ^ _names(en))


def pairs_in(path: Path) -> Iterator[Pair]:
    return pairs_of(path.read_text("utf-8"))


def pairs_of(code: str) -> Iterator[Pair]:
    seen: set[tuple[int, int, int]] = set()
    for block in ast.walk(ast.parse(code)):
        if isinstance(block, (*_BLOCKS, ast.Module)):
            for pair in _pairs_of_block(block):
                key = (pair.zh.lineno, pair.zh.col_offset, pair.en.lineno)
                if key not in seen:
                    seen.add(key)
                    yield pair


def _pairs_of_block(block: ast.AST) -> Iterator[Pair]:
    held: dict[str, ast.expr] = {}
    nodes = [node for node in _own(block) if isinstance(node, ast.expr | ast.stmt)]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(node, ast.Assign):
            held |= _named(node)
        for texts in _texts_of(node):
            for first, second in pairwise(texts):
                zh, en = _held(first, held), _held(second, held)
                if CHINESE.search(_text(zh) or "") and (told := _text(en)) and not CHINESE.search(told):
                    yield Pair(node.lineno, zh, en)


def _texts_of(node: ast.AST) -> Iterator[list[ast.expr]]:
    if isinstance(node, ast.Tuple):
        yield node.elts
    if isinstance(node, ast.Call):
        yield node.args
        named = {keyword.arg: keyword.value for keyword in node.keywords}
        if "zh" in named and "en" in named:
            yield [named["zh"], named["en"]]


def _own(block: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(block):
        if not isinstance(child, _BLOCKS):
            yield child
            yield from _own(child)


def _named(node: ast.Assign) -> dict[str, ast.expr]:
    target, value = node.targets[0], node.value
    if isinstance(target, ast.Name):
        return {target.id: value}
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        both = zip(target.elts, value.elts, strict=False)
        return {name.id: held for name, held in both if isinstance(name, ast.Name)}
    return {}


def _held(node: ast.expr, held: dict[str, ast.expr]) -> ast.expr:
    return held.get(node.id, node) if isinstance(node, ast.Name) else node


def _text(node: ast.expr | None) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "\0" for part in node.values)
    return None


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+(?:\.\d+)?", text))


def _names(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+(?:_[a-z]+)+", text))


def _values(node: ast.expr) -> Iterator[str]:
    for part in node.values if isinstance(node, ast.JoinedStr) else ():
        if isinstance(part, ast.FormattedValue) and not _only_words(part.value):
            yield _plain(ast.unparse(part.value))


def _only_words(node: ast.expr) -> bool:
    """A word that depends on something: a plural."""
    return isinstance(node, ast.IfExp) and all(isinstance(p, ast.Constant) for p in (node.body, node.orelse))


def _plain(value: str) -> str:
    """The value without what the languages do to it."""
    value = re.sub(r"^'[^']*'\.join\((.*)\)$", r"\1", value)
    value = re.sub(r"\[:\d+\]$", "", value)
    value = re.sub(r"\b[A-Z_]*(?:ZH|NAMES)\[(.*?)\](?:\[[01]\])?", r"\1", value)
    value = re.sub(r"^(.*) if \1 else '[^']*'$|^(.*) or '[^']*'$", r"\1\2", value)
    value = re.sub(r" else '[^']*'$", " else ''", value)
    value = re.sub(r"([._])(zh|en)(?=_|\b)", r"\1*", value)
    value = re.sub(r"_(ZH|EN)\b", "_*", value)
    value = re.sub(r"\b(zh|en)(?=_|\b)", "*", value)
    return re.sub(r"\.value$|\[[01]\]$", "", value)
