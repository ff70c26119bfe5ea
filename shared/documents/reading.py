"""Reading a YAML or JSON document so that every value keeps its line and every decimal its digits.

A YAML number with a fraction becomes its own text: it never passes through a binary float. Anchors, aliases,
tags and repeated keys are refused; so is what is nested deeper than `DEPTH_LIMIT`.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from shared.errors import Item, Refusal

DEPTH_LIMIT = 200
SIZE_LIMIT = 20_000_000
_INTEGER = "tag:yaml.org,2002:int"
_FLOAT = "tag:yaml.org,2002:float"
_NULL = "tag:yaml.org,2002:null"
_BOOL = "tag:yaml.org,2002:bool"


class DocumentUnreadable(Refusal):
    """The file is no document at all; the item names the line."""

    code = "document-unreadable"


@dataclass(frozen=True, slots=True)
class ReadDocument:
    content: Any
    lines: dict[str, int] = field(default_factory=dict)

    def line_of(self, path: str) -> int:
        """The line of the value at this path (`tree.children[0].weight`), or of what holds it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, 1)


def read_text(path: Path) -> str:
    """A file's text, which is UTF-8, with or without a mark in front."""
    try:
        return path.read_text("utf-8-sig")
    except (UnicodeDecodeError, OSError) as error:
        raise DocumentUnreadable(f"{path.name}不是UTF-8文本", f"{path.name} is no UTF-8 text") from error


def read_document(text: str, *, name: str) -> ReadDocument:
    """The document with its lines; JSON is read as the YAML that it is."""
    if len(text) > SIZE_LIMIT:
        raise _unreadable(name, 1, "文件过大", "the file is too large")
    try:
        _check_tokens(text, name)
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise _unreadable(
            name, line, "不是有效的YAML或JSON", f"no valid YAML or JSON: {error.problem}"
        ) from error
    except (yaml.YAMLError, ValueError) as error:
        raise _unreadable(name, 1, "不是有效的YAML或JSON", "no valid YAML or JSON") from error
    lines: dict[str, int] = {}
    content = None if root is None else _value(root, "", lines, name)
    return ReadDocument(content, lines)


def _check_tokens(text: str, name: str) -> None:
    depth = 0
    opening = (yaml.BlockMappingStartToken, yaml.BlockSequenceStartToken, yaml.FlowMappingStartToken,
               yaml.FlowSequenceStartToken)  # fmt: skip
    closing = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)
    for token in yaml.scan(text, Loader=yaml.CSafeLoader):
        line = token.start_mark.line + 1
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
            raise _unreadable(name, line, "不可用锚点、别名或标签", "anchors, aliases and tags are refused")
        depth += isinstance(token, opening) - isinstance(token, closing)
        if depth > DEPTH_LIMIT:
            raise _unreadable(name, line, f"嵌套超过{DEPTH_LIMIT}层", f"nested more than {DEPTH_LIMIT} deep")


def _value(node: yaml.Node, path: str, lines: dict[str, int], name: str) -> Any:
    line = node.start_mark.line + 1
    lines[path] = line
    if isinstance(node, yaml.MappingNode):
        content: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str) or key in content:
                raise _unreadable(
                    name, key_node.start_mark.line + 1, f"键重复: {key}", f"key {key} occurs twice"
                )
            below = f"{path}.{key}" if path else key
            content[key] = _value(value_node, below, lines, name)
            lines[below] = key_node.start_mark.line + 1
        return content
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, f"{path}[{index}]", lines, name) for index, item in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    text = str(node.value)
    if node.tag == _NULL:
        return None
    if node.tag == _BOOL:
        return text.lower() in ("true", "yes", "on")
    if node.tag == _INTEGER:
        return (
            int(text)
            if text.lstrip("-").isdecimal() and (len(text) < 2 or text.lstrip("-")[0] != "0")
            else text
        )
    return text


def _unreadable(name: str, line: int, zh: str, en: str) -> DocumentUnreadable:
    item = Item(field=f"{name}:{line}", rule="document-unreadable", zh=zh, en=en, row=line)
    return DocumentUnreadable(f"{name}第{line}行:{zh}", f"{name}, line {line}: {en}", items=[item])
