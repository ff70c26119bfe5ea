"""Plain Chinese and English for what pydantic finds wrong in a request."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from shared.errors import Item

_ZH: Final = {
    "missing": "必须填写",
    "extra_forbidden": "没有这个字段",
    "string_type": "应为文本",
    "string_too_short": "太短",
    "string_too_long": "太长",
    "string_pattern_mismatch": "格式不对",
    "string_unicode": "含有无效字符",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "bool_type": "应为是或否",
    "bool_parsing": "应为是或否",
    "decimal_parsing": "应为数字",
    "decimal_type": "应为数字",
    "greater_than": "太小",
    "greater_than_equal": "太小",
    "less_than": "太大",
    "less_than_equal": "太大",
    "date_parsing": "应为日期,如 2024-09-10",
    "date_from_datetime_parsing": "应为日期,如 2024-09-10",
    "enum": "不在允许的取值内",
    "literal_error": "不在允许的取值内",
    "uuid_parsing": "编号格式不对",
    "json_invalid": "不是有效的 JSON",
    "list_type": "应为列表",
    "too_long": "项目太多",
    "too_short": "项目太少",
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
    own = problem.get("ctx", {}).get("zh") if isinstance(problem.get("ctx"), Mapping) else None
    indexes = [part for part in path if isinstance(part, int)]  # a key that looks like a number is no row
    return Item(
        field=_path_text(path) or "body",
        rule=rule,
        zh=str(own or _ZH.get(rule, "不符合格式要求")),
        en=message,
        row=indexes[0] + 1 if indexes else None,
    )


def _as_sent(path: Sequence[Any], body: object) -> list[Any]:
    """Without the names of kinds that the reader puts into a path, where a body may be of several kinds."""
    kept, here = [], body
    for place, part in enumerate(path):
        if isinstance(here, Mapping) and part not in here and place + 1 < len(path):
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
