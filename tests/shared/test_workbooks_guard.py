"""An uploaded file is looked at before anything parses it."""

import io
import zipfile
import zlib
from collections.abc import Callable

import pytest

from shared.workbooks.guard import Limits, check
from shared.workbooks.read import read
from shared.workbooks.values import WorkbookRefused
from tests.shared.order_form import LAYOUT, filled

GOOD = filled()
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


def with_part(name: str, content: bytes, base: bytes = GOOD) -> bytes:
    """The good workbook with one more part, or with one replaced."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(base)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def replaced_in(name: str, old: bytes, new: bytes) -> bytes:
    """The good workbook with some bytes of a part replaced."""
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        content = archive.read(name)
    assert old in content
    return with_part(name, content.replace(old, new))


def declaring_less() -> bytes:
    """A part that inflates to far more than the file says, with the sum of what it says."""
    body = zlib.compress(b"0" * 5_000_000, 9)[2:-4]
    data = with_part("xl/media.bin", b"0" * 100)
    archive = zipfile.ZipFile(io.BytesIO(data))
    entry = archive.getinfo("xl/media.bin")
    start = entry.header_offset + 30 + len(entry.filename)
    directory = data.index(b"PK\x01\x02", start)
    entries = bytearray(data[directory:])
    at = entries.index(b"xl/media.bin") - 46
    entries[at + 20 : at + 24] = len(body).to_bytes(4, "little")
    end = entries.rindex(b"PK\x05\x06")
    entries[end + 16 : end + 20] = (start + len(body)).to_bytes(4, "little")
    return bytes(data[:start] + body + entries)


RELATIONS = "xl/worksheets/_rels/sheet1.xml.rels"
LINKED_IMAGE = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://x/image" Target="http://x/a.png" TargetMode="External"/>'
    b"</Relationships>"
)
CASES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a text file": (lambda: b"name,weight\n", "not_a_workbook"),
    "an empty file": (lambda: b"", "not_a_workbook"),
    "any other zip": (lambda: zip_of({"a.txt": b"x"}), "not_a_workbook"),
    "a Word document": (
        lambda: replaced_in("[Content_Types].xml", b"spreadsheetml.sheet.main", b"wordprocessing"),
        "not_a_workbook",
    ),
    "an old .xls": (lambda: OLE, "old_format"),
    "an encrypted workbook": (
        lambda: OLE + "EncryptedPackage".encode("utf-16-le"),
        "encrypted",
    ),
    "a truncated download": (lambda: GOOD[: len(GOOD) // 2], "damaged"),
    "flipped bytes": (lambda: flipped(GOOD), "damaged"),
    "macros by part": (lambda: with_part("xl/vbaProject.bin", b"x"), "macros"),
    "macros by content type": (
        lambda: replaced_in(
            "[Content_Types].xml",
            b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
        "macros",
    ),
    "an Excel 4 macro sheet": (lambda: with_part("xl/macrosheets/sheet1.xml", b"<x/>"), "macros"),
    "an ActiveX control": (lambda: with_part("xl/activeX/a.xml", b"<x/>"), "active_content"),
    "a link to another workbook": (
        lambda: with_part("xl/externalLinks/externalLink1.xml", b"<x/>"),
        "external_link",
    ),
    "a linked picture": (lambda: with_part(RELATIONS, LINKED_IMAGE), "external_link"),
    "a data connection": (lambda: with_part("xl/connections.xml", b"<x/>"), "external_link"),
    "an embedded file": (lambda: with_part("xl/embeddings/a.docx", b"x"), "embedded_object"),
    "a zip inside": (lambda: with_part("xl/a.bin", GOOD), "embedded_object"),
    "a path upwards": (lambda: with_part("../../etc/passwd", b"x"), "unsafe_path"),
    "an absolute path": (lambda: with_part("/etc/passwd", b"x"), "unsafe_path"),
    "a backslash path": (lambda: with_part("xl\\a.xml", b"<x/>"), "unsafe_path"),
    "one name in two cases": (lambda: with_part("XL/WORKBOOK.xml", b"<x/>"), "unsafe_path"),
    "an entity": (
        lambda: with_part("xl/a.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'),
        "unsafe_xml",
    ),
    "an entity in UTF-16": (
        lambda: with_part("xl/a.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a/>'.encode("utf-16")),
        "unsafe_xml",
    ),
    "an unusual encoding": (
        lambda: with_part("xl/a.xml", b'<?xml version="1.0" encoding="UTF-7"?><a/>'),
        "unsafe_xml",
    ),
    "a part out of proportion": (
        lambda: with_part("xl/a.xml", b"<a>" + b" " * 9_000_000 + b"</a>"),
        "bomb",
    ),
    "a part that lies about its size": (declaring_less, "bomb"),
}  # fmt: skip


def zip_of(parts: dict[str, bytes]) -> bytes:
    """A zip of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def flipped(data: bytes) -> bytes:
    """The file with bytes of its first part's content turned over."""
    changed = bytearray(data)
    for at in range(60, 90):
        changed[at] ^= 0xFF
    return bytes(changed)


def test_what_was_exported_passes() -> None:
    assert "xl/workbook.xml" in check(GOOD)


@pytest.mark.parametrize("case", CASES)
def test_a_file_that_is_not_a_plain_workbook_is_refused_with_its_reason(case: str) -> None:
    make, code = CASES[case]
    with pytest.raises(WorkbookRefused) as refused:
        check(make())
    assert refused.value.code == code
    assert refused.value.message
    assert refused.value.mend


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(compressed_bytes=1_000), "too_large"),
        (Limits(inflated_bytes=5_000), "bomb"),
        (Limits(entries=3), "too_many_parts"),
    ],
)
def test_the_limits_can_be_set(limits: Limits, code: str) -> None:
    with pytest.raises(WorkbookRefused) as refused:
        check(GOOD, limits)
    assert refused.value.code == code


def test_a_link_a_person_clicks_on_is_no_reason_to_refuse() -> None:
    assert check(with_part(RELATIONS, LINKED_IMAGE.replace(b"/image", b"/hyperlink")))


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (b'<c r="XFD1048576"><v>1</v></c>', "sheet_too_wide"),
        (b'<row r="9000"><c><v>1</v></c></row>', "sheet_too_wide"),
        (b'<c r="ZZZZZZ1"><v>1</v></c>', "damaged"),
        (b'<c r="a1"><v>1</v></c>', "damaged"),
        (b'<row r="-1"/>', "damaged"),
        (b"<unclosed>", "damaged"),
    ],
)
def test_one_value_in_the_last_corner_does_not_fill_the_memory(cell: bytes, code: str) -> None:
    data = replaced_in("xl/worksheets/sheet2.xml", b"</sheetData>", cell + b"</sheetData>")
    with pytest.raises(WorkbookRefused) as refused:
        read(LAYOUT, data)
    assert refused.value.code == code


def test_one_long_text_named_by_every_cell_does_not_fill_the_memory() -> None:
    cells = b'<row r="4000">' + b'<c t="s"><v>0</v></c>' * 90 + b"</row>"
    data = replaced_in("xl/worksheets/sheet2.xml", b"</sheetData>", cells + b"</sheetData>")
    texts = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
    text = "字符".encode() * 10_000
    assert read(LAYOUT, with_part("xl/sharedStrings.xml", texts % text, data)).forms
    with pytest.raises(WorkbookRefused) as refused:
        read(LAYOUT, with_part("xl/sharedStrings.xml", texts % (text * 100), data))
    assert refused.value.code == "bomb"
