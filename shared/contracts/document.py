"""What the four border documents have in common: frozen, strict, canonical, hashed."""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator

from shared.documents.canonical import canonical_bytes, sha256_of
from shared.errors import Kind, Refusal

Sha256 = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
DecimalString = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$")]


class DocumentInvalid(Refusal):
    """The bytes are not a well-formed document of this kind, or do not have the hash that was promised."""

    kind = Kind.INVALID
    code = "document-invalid"


class Part(BaseModel):
    """A part of a border document: immutable, unknown keys refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_by_name=True,
        validate_by_alias=True,
        serialize_by_alias=True,
    )


class Document(Part):
    """A border document. Its identity is the hash of its canonical bytes."""

    @model_validator(mode="after")
    def _has_a_canonical_form(self) -> Self:
        """Refuses what no reader could hold: an integer beyond 2**53 - 1, text that is no UTF-8."""
        try:
            self.canonical()
        except TypeError as error:  # pragma: no cover - the fields' types leave nothing else
            raise ValueError(str(error)) from error
        return self

    def canonical(self) -> bytes:
        return canonical_bytes(self.model_dump(mode="json"))

    @property
    def sha256(self) -> str:
        return sha256_of(self.canonical())

    @classmethod
    def parse(cls, content: bytes, *, expected_sha256: str | None = None) -> Self:
        """Reads a document from bytes; refuses what is not canonical, not of this kind, or not of that hash."""
        if expected_sha256 is not None and sha256_of(content) != expected_sha256:
            raise DocumentInvalid(
                "文件内容与其哈希值不符", "The document does not have the hash that was promised"
            )
        try:
            document = cls.model_validate_json(content)
        except ValidationError as error:
            raise DocumentInvalid(
                f"文件格式不符合 {cls.__name__}:{error.error_count()} 处错误",
                f"This is not a well-formed {cls.__name__}: {error.error_count()} error(s), first at "
                + ".".join(str(part) for part in error.errors()[0]["loc"]),
            ) from error
        if document.canonical() != content:
            raise DocumentInvalid("文件不是规范格式(字节不一致)", "The document is not in its canonical form")
        return document

    @classmethod
    def of(cls, value: dict[str, Any]) -> Self:
        """A document from decoded JSON, whatever its layout was."""
        return cls.parse(canonical_bytes(value))
