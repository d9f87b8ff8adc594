"""Files are what their content says, and keep a name that can do no harm."""

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.file_kinds import KINDS, UnfitName, clean_name, kind_of, limits_of

PDF = b"%PDF-1.7\n" + b"x" * 2000
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 64


def package(*parts: str) -> bytes:
    """A zip file with these parts."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for part in parts:
            archive.writestr(part, "<x/>")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (PDF, "pdf"),
        (PNG, "png"),
        (b"\xff\xd8\xff\xe0 jfif", "jpeg"),
        (package("[Content_Types].xml", "word/document.xml"), "docx"),
        (package("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (package("OFD.xml", "Doc_0/Document.xml"), "ofd"),
        (package("word/document.xml", "word/vbaProject.bin"), None),
        (package("readme.txt"), None),
        (b"PK\x03\x04 cut short", None),
        (b"MZ\x90\x00 a program", None),
        (b"<html><script>", None),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old office file", None),
        (b" %PDF-1.7 behind a blank", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_content_says(content: bytes, expected: str | None) -> None:
    assert kind_of(io.BytesIO(content)) == expected


@pytest.mark.parametrize(
    ("sent", "kind", "kept"),
    [
        ("合同.pdf", "pdf", "合同.pdf"),
        ("C:\\资料\\合同.PDF", "pdf", "合同.pdf"),
        ("../../etc/合同.pdf", "pdf", "合同.pdf"),
        ("照片.JPEG", "jpeg", "照片.jpeg"),
        ("a\u202efdp.exe.pdf", "pdf", "afdp.exe.pdf"),
        ('a"b\r\n;c.pdf', "pdf", "a_b;c.pdf"),
        (f"{'长' * 300}.docx", "docx", f"{'长' * 115}.docx"),
        ("..合同 .pdf", "pdf", "合同.pdf"),
    ],
)
def test_a_name_is_kept_without_what_could_do_harm(sent: str, kind: str, kept: str) -> None:
    assert clean_name(sent, kind) == kept


@pytest.mark.parametrize("sent", ["合同.exe", "合同", ".pdf", "  .pdf", "/", "合同.pdf.exe"])
def test_a_name_that_does_not_suit_the_content_is_refused(sent: str) -> None:
    with pytest.raises(UnfitName, match=r"\.pdf"):
        clean_name(sent, "pdf")


@given(st.text(max_size=200), st.sampled_from(sorted(KINDS)))
def test_whatever_is_sent_a_kept_name_is_harmless(sent: str, kind: str) -> None:
    try:
        name = clean_name(sent + KINDS[kind][1][0], kind)
    except UnfitName:
        return
    assert 0 < len(name) <= 120
    assert name.isprintable()
    assert not set(name) & set('/\\:"<>|?*')
    assert not name.startswith(".")
    assert clean_name(name, kind) == name


LIMITS = {
    "kinds": ["pdf"],
    "max_file_bytes": 5,
    "max_file_count": 2,
    "max_total_bytes": 3 * 1024**2,
}


@pytest.mark.parametrize(
    ("count", "total", "size", "said"),
    [
        (0, 0, 3 * 1024**2, None),
        (1, 2 * 1024**2, 1024**2, None),
        (1, 2 * 1024**2, 1024**2 + 1, "的文件合计至多 3 MB"),
        (2, 0, 1, "至多 2 个文件"),
    ],
)
def test_a_place_takes_so_many_files_and_so_much(
    count: int, total: int, size: int, said: str | None
) -> None:
    assert limits_of(LIMITS).exceeded(count, total, size) == said


@pytest.mark.parametrize(
    "wrong",
    [{"kinds": []}, {"kinds": ["exe"]}, {"max_file_count": 0}, {"max_total_bytes": True},
     {"max_file_bytes": "5"}],
)  # fmt: skip
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="are"):
        limits_of(LIMITS | wrong)
