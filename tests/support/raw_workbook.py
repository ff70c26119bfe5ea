"""Workbooks written tag by tag, as no library writes them."""

import io
import zipfile
from collections.abc import Mapping

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def raw_workbook(
    rows: str, *, sheet: str = "企业", before: str = "", after: str = "", shared: str = "", **more: str
) -> bytes:
    """``rows`` inside the sheet's data, ``before`` and ``after`` around it; ``more`` are further sheets' rows."""
    sheets = {sheet: f"{before}<sheetData>{rows}</sheetData>{after}"}
    sheets |= {name: f"<sheetData>{content}</sheetData>" for name, content in more.items()}
    numbered = list(enumerate(sheets.items(), start=1))
    files = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>'
        + "".join(f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, (name, _) in numbered)
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        + "".join(
            f'<Relationship Id="rId{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
            for n, _ in numbered
        )
        + "</Relationships>",
    }
    if shared:
        files["xl/sharedStrings.xml"] = shared.replace("<sst", f"<sst {_MAIN}")
    for n, (_, content) in numbered:
        files[f"xl/worksheets/sheet{n}.xml"] = f"<worksheet {_MAIN}>{content}</worksheet>"
    return packed(files)


def packed(files: Mapping[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def cell(reference: str, value: str = "1", more: str = "") -> str:
    return f'<c r="{reference}"{more}><v>{value}</v></c>'


def row(number: str | int, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'
