"""Files that are given out, with the headers that name them."""

from typing import Any, Final

from fastapi import Response
from fastapi.responses import StreamingResponse

from services.registry.domain.filings.evidence import Evidence
from services.registry.spreadsheets.download import XLSX, Download
from services.registry.use_cases.files.upload_files import stream_file
from services.registry.use_cases.registers.export_register import Export
from shared.data.database import Database

#: For the description of routes that give out a list or a template.
TABLES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {XLSX: {}, "text/csv": {}, "application/json": {}}}
}


def attachment(found: Download) -> Response:
    return Response(found.content, media_type=found.media_type, headers=_named(found.file_name))


def streamed(found: Export, file_name: str) -> Response:
    return StreamingResponse(found.chunks, media_type=found.media_type, headers=_named(file_name))


def evidence_file(found: Evidence, database: Database) -> Response:
    """A stranger's file: its bytes are sent as they came, and no browser guesses what they are."""
    headers = {
        **_named(f"{found.id}.{found.file_kind}"),
        "X-Content-Type-Options": "nosniff",
        "Digest": found.sha256,
        "Content-Length": str(found.bytes_),
    }
    chunks = stream_file(database, found.upload_id)
    return StreamingResponse(chunks, media_type="application/octet-stream", headers=headers)


def _named(file_name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file_name}"'}
