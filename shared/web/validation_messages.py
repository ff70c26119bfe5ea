"""Plain Chinese and English for what pydantic finds wrong in a request."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.errors import Item

_ZH: Final = {
    "missing": "必须填写",
    "extra_forbidden": "没有这个字段",
    "string_type": "应为文本",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "至多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不对,应符合 {pattern}",
    "string_unicode": "含有无效字符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_type": "应为是或否",
    "bool_parsing": "应为是或否",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "date_parsing": "应为日期,如 2024-09-10",
    "date_from_datetime_parsing": "应为日期,如 2024-09-10",
    "enum": "应为以下之一:{expected}",
    "literal_error": "应为以下之一:{expected}",
    "union_tag_not_found": "缺少 {discriminator}",
    "union_tag_invalid": "{discriminator} 为 '{tag}',应为以下之一:{expected_tags}",
    "uuid_parsing": "编号格式不对",
    "json_invalid": "不是有效的 JSON",
    "list_type": "应为列表",
    "too_long": "至多 {max_length} 项,现有 {actual_length} 项",
    "too_short": "至少 {min_length} 项,现有 {actual_length} 项",
    "dict_type": "应为对象",
    "model_attributes_type": "应为对象",
}


def item_of_validation_error(problem: Mapping[str, Any], body: object = None) -> Item:
    """One item for one of pydantic's errors: its path without the leading part of the request.

    ``body``: what was sent. The path names what stands there, in the one form of all messages: ``lines[0].amount_fen``.
    """
    path = list(problem.get("loc", ()))
    if len(path) > 1 and path[0] in {"body", "query", "path", "header"}:
        path = _as_sent(path[1:], body) if path[0] == "body" else path[1:]
    rule = str(problem.get("type", "invalid"))
    message = str(problem.get("msg", "Invalid"))
    context = problem.get("ctx")
    values = context if isinstance(context, Mapping) else {}
    indexes = [part for part in path if isinstance(part, int)]  # a key that looks like a number is no row
    return Item(
        field=_path_text(path) or "body",
        rule=rule,
        zh=str(values.get("zh") or _zh(rule, values)),
        en=message,
        row=indexes[0] + 1 if indexes else None,
    )


def _zh(rule: str, values: Mapping[str, Any]) -> str:
    """With the same limits and values as the English text."""
    shown = {name: re.sub("', '|' or '", "'、'", str(value)) for name, value in values.items()}
    return _ZH.get(rule, "不符合格式要求").format_map(defaultdict(str, shown))


def _as_sent(path: Sequence[Any], body: object) -> list[Any]:
    """Without the names of kinds that the reader puts into a path, where a body may be of several kinds."""
    kept, here = [], body
    for place, part in enumerate(path):
        inner = here.get(part) if isinstance(here, Mapping) else None
        if isinstance(here, Mapping) and place + 1 < len(path) and not isinstance(inner, Mapping | list):
            continue
        kept.append(part)
        if isinstance(here, Mapping):
            here = here.get(part)
        elif isinstance(here, list) and isinstance(part, int) and part < len(here):
            here = here[part]
        else:
            here = None
    return kept


def _path_text(path: Sequence[Any]) -> str:
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
