"""Plain Chinese and English for what pydantic finds wrong in a request."""

from collections.abc import Mapping
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


def item_of_validation_error(problem: Mapping[str, Any]) -> Item:
    """One item for one of pydantic's errors: its path without the leading part of the request."""
    path = list(problem.get("loc", ()))
    location = [str(part) for part in path]
    if len(location) > 1 and location[0] in {"body", "query", "path", "header"}:
        location = location[1:]
    rule = str(problem.get("type", "invalid"))
    message = str(problem.get("msg", "Invalid"))
    own = problem.get("ctx", {}).get("zh") if isinstance(problem.get("ctx"), Mapping) else None
    indexes = [part for part in path if isinstance(part, int)]  # a key that looks like a number is no row
    return Item(
        field=".".join(location) or "body",
        rule=rule,
        zh=str(own or _ZH.get(rule, "不符合格式要求")),
        en=message,
        row=indexes[0] + 1 if indexes else None,
    )
