"""ETags of what people edit: the version in quotes."""

from shared.errors import Stale


def etag_of(version: int) -> str:
    return f'"{version}"'


def version_of(etag: str) -> int:
    digits = etag.strip().strip('"')
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 18:
        raise Stale(
            "If-Match 应为所编辑版本的 ETag", "If-Match must be the ETag of the version that was edited"
        )
    return int(digits)
