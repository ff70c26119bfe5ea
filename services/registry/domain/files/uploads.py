"""A file comes in parts: announced with size and hash, checked when complete."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from services.registry.domain.files.kinds import (
    EXTENSIONS,
    IMPORT_KINDS,
    FileIncomplete,
    FileIsNotWhatItSays,
    FileTooLarge,
    extension_of,
)
from services.registry.domain.registers.limits import Limits
from shared.errors import Kind, Refusal

Purpose = Literal["import", "evidence"]

_EXTENSIONS: Final = frozenset(name for names in EXTENSIONS.values() for name in names)


class PartDiffers(Refusal):
    kind = Kind.CONFLICT
    code = "part-differs"


class UploadComplete(Refusal):
    kind = Kind.CONFLICT
    code = "upload-complete"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was announced; ``kind`` is known by its content, once it is complete."""

    id: UUID
    file_name: str
    bytes_: int
    sha256: str
    purpose: Purpose
    division: str
    uploaded_by: str
    kind: str | None = None
    completed_at: datetime | None = None

    @property
    def accepted_kinds(self) -> frozenset[str]:
        return IMPORT_KINDS if self.purpose == "import" else frozenset(EXTENSIONS)


def check_announced(new: Upload, limits: Limits) -> None:
    """Refuses a file that is too large, or that by its name is of no kind that is accepted."""
    most = limits.import_bytes if new.purpose == "import" else limits.evidence_bytes
    if new.bytes_ > most:
        raise FileTooLarge(f"文件超过 {most // 1024} KiB", f"The file is larger than {most // 1024} KiB")
    extension = extension_of(new.file_name)
    if extension not in _EXTENSIONS:
        raise FileIsNotWhatItSays(
            f"不接受扩展名为“{extension}”的文件", f"Files with the extension {extension} are not accepted"
        )


def check_part(upload: Upload, content: bytes, limits: Limits) -> None:
    """Refuses a part of a complete file, and one without content or with too much of it."""
    if upload.completed_at is not None:
        raise UploadComplete("文件已上传完成", "The upload is complete")
    if not content or len(content) > limits.part_bytes:
        raise FileTooLarge(
            f"每部分应为 1 至 {limits.part_bytes} 字节", f"A part has 1 to {limits.part_bytes} bytes"
        )


def check_received(upload: Upload, received: int) -> None:
    if received > upload.bytes_:
        raise FileTooLarge("内容超过所报的大小", "There are more bytes than were announced")


def check_whole(upload: Upload, *, size: int, sha256: str) -> None:
    """Refuses bytes that are not those that were announced."""
    if size != upload.bytes_ or sha256 != upload.sha256:
        raise FileIncomplete(
            f"已收到 {size} 字节,应为 {upload.bytes_} 字节,或内容与哈希不符",
            f"{size} of {upload.bytes_} bytes came, or they do not fit the hash",
        )


def check_ready(upload: Upload, purpose: Purpose) -> str:
    """The kind of a complete file that was uploaded for this purpose."""
    if upload.kind is None or upload.purpose != purpose:
        raise FileIncomplete(
            "文件尚未上传完成,或用途不符", "The file is not complete, or was uploaded for something else"
        )
    return upload.kind
