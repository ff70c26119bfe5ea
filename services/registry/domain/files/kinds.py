"""What a file is, by its content and not by its name."""

from typing import Final

from shared.errors import Kind, Refusal

EXTENSIONS: Final = {
    "pdf": ("pdf",),
    "png": ("png",),
    "jpeg": ("jpg", "jpeg"),
    "tiff": ("tif", "tiff"),
    "xlsx": ("xlsx",),
    "csv": ("csv", "txt"),
}
IMPORT_KINDS: Final = frozenset({"xlsx", "csv"})
_MAGIC: Final = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
)
_ZIP: Final = b"PK\x03\x04"


class FileIsNotWhatItSays(Refusal):
    """The content does not fit the name, or is of no kind that is accepted."""

    code = "file-is-not-what-it-says"


class FileTooLarge(Refusal):
    kind = Kind.TOO_LARGE
    code = "file-too-large"


class FileIncomplete(Refusal):
    """Parts are missing, or the bytes are not those that were announced."""

    kind = Kind.CONFLICT
    code = "file-incomplete"


def kind_of(head: bytes, *, has_workbook: bool) -> str | None:
    """The kind of a file from its first bytes; ``has_workbook``: a zip archive that holds an Excel workbook."""
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    if head.startswith(_ZIP):
        return "xlsx" if has_workbook else None
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return None
    return None if b"\0" in head or not head.strip() else "csv"


def check_name(file_name: str, kind: str | None, allowed: frozenset[str]) -> str:
    """Refuses a file whose content is of no accepted kind or does not fit its name; returns the kind."""
    words = "、".join(sorted(allowed))
    if kind is None or kind not in allowed:
        raise FileIsNotWhatItSays(
            f"“{file_name}”的内容不是可接受的格式({words})",
            f"The content of {file_name} is of no accepted kind ({', '.join(sorted(allowed))})",
        )
    if extension_of(file_name) not in EXTENSIONS[kind]:
        raise FileIsNotWhatItSays(
            f"“{file_name}”的扩展名与内容不符:内容是 {kind}",
            f"The name {file_name} does not fit the content, which is {kind}",
        )
    return kind


def extension_of(file_name: str) -> str:
    return file_name.rsplit(".", 1)[-1].lower() if "." in file_name else ""
