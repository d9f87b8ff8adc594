"""Looks at an uploaded workbook before anything parses it: size, kind, macros, bombs, tricks.

The parts are inflated here once and with a limit, because what a file says about its own sizes may
be a lie and the readers behind would believe it.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shared.workbooks.values import WorkbookRefused

CONTENT_TYPES = "[Content_Types].xml"

_MAIN_TYPE = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_OLE_HEADER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_MACRO_TYPES = (b"macroenabled", b"vbaproject", b"macrosheet", b"dialogsheet", b"sheet.binary")
#: Parts a form has no use for → why they are refused.
_PARTS_REFUSED = (
    (re.compile(r"vba|macrosheets/|dialogsheets/"), "macros"),
    (re.compile(r"activex/|ctrlprops/"), "active_content"),
    (re.compile(r"externallinks/|xl/connections\.xml|querytables/"), "external_link"),
    (re.compile(r"embeddings/|oleobject"), "embedded_object"),
)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']""")
_RELATIONSHIP = re.compile(rb"<(?:\w+:)?Relationship\s[^>]*>", re.I)
_LOCAL_HEADER = 30
_RATIO_MATTERS_FROM = 1_000_000

_REFUSALS = {
    "too_large": ("文件过大", "请拆成几个文件，或删去图片和多余的工作表后再导入"),
    "not_a_workbook": ("文件不是 Excel 工作簿（.xlsx）", "请导入从系统导出、填写后保存的 .xlsx 文件"),
    "old_format": ("文件是旧版 Excel 格式（.xls）", "请在 Excel 或 WPS 中另存为 .xlsx 后再导入"),
    "encrypted": ("文件设了打开密码", "请在 Excel 或 WPS 中取消密码后另存，再导入"),
    "damaged": ("文件已损坏，无法读取", "请重新导出填写，或在 Excel 中打开后另存为 .xlsx 再导入"),
    "bomb": ("文件解压后大得不合常理", "请重新从系统导出表格填写"),
    "too_many_parts": ("文件内的部件过多", "请减少工作表数量，分几个文件导入"),
    "unsafe_path": ("文件内含有不安全的路径", "请重新从系统导出表格填写"),
    "unsafe_xml": ("文件内含有不允许的 XML 声明", "请在 Excel 或 WPS 中打开后另存为 .xlsx 再导入"),
    "macros": ("文件含有宏", "请另存为不带宏的 .xlsx 后再导入"),
    "active_content": ("文件含有控件（ActiveX 或表单控件）", "请删去控件后另存，再导入"),
    "external_link": ("文件引用了外部数据", "请断开外部链接（数据→编辑链接→断开），另存后再导入"),
    "embedded_object": ("文件嵌入了其他对象或文件", "请删去嵌入的对象，另存后再导入"),
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """How large a workbook may be."""

    compressed_bytes: int = 20_000_000
    inflated_bytes: int = 200_000_000
    entries: int = 2_000
    ratio: int = 250


def check(data: bytes, limits: Limits | None = None) -> Mapping[str, bytes]:
    """The parts of the workbook by name, inflated. Raises WorkbookRefused before anything is parsed."""
    limits = limits or Limits()
    if len(data) > limits.compressed_bytes:
        raise refusal("too_large")
    _require_zip(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise refusal("damaged") from error
    _check_entries(entries, limits, len(data))
    parts: dict[str, bytes] = {}
    left = limits.inflated_bytes
    for entry in entries:
        parts[entry.filename] = part = _inflated(data, entry, left)
        left -= len(part)
        _check_part(entry.filename, part)
    _check_kind(parts)
    return parts


def refusal(code: str) -> WorkbookRefused:
    """The refusal with its Chinese text."""
    message, mend = _REFUSALS[code]
    return WorkbookRefused(code, message, mend)


def _require_zip(data: bytes) -> None:
    if data.startswith(_OLE_HEADER):
        raise refusal("encrypted" if _ENCRYPTED_STREAM in data else "old_format")
    if not data.startswith(b"PK"):
        raise refusal("not_a_workbook")


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits, size: int) -> None:
    if len(entries) > limits.entries:
        raise refusal("too_many_parts")
    names = [entry.filename.casefold() for entry in entries]
    if len(set(names)) < len(names) or any(map(_is_unsafe, entries)):
        raise refusal("unsafe_path")
    if any(entry.flag_bits & 1 for entry in entries):
        raise refusal("encrypted")
    # Entries that together are longer than the file overlap: one body inflated many times.
    if (
        sum(entry.file_size for entry in entries) > limits.inflated_bytes
        or sum(entry.compress_size for entry in entries) > size
        or any(_is_out_of_proportion(entry, limits) for entry in entries)
    ):
        raise refusal("bomb")
    for name in names:
        for pattern, code in _PARTS_REFUSED:
            if pattern.search(name):
                raise refusal(code)


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    # `orig_filename` still has what zipfile cut off or turned around.
    name = entry.orig_filename
    return (
        name.startswith("/")
        or "\\" in name
        or "\x00" in name
        or ":" in name
        or ".." in name.split("/")
    )


def _is_out_of_proportion(entry: zipfile.ZipInfo, limits: Limits) -> bool:
    return entry.file_size > _RATIO_MATTERS_FROM and entry.file_size > limits.ratio * max(
        entry.compress_size, 1
    )


def _inflated(data: bytes, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """The entry's real content; a lie about its size is found here, not by a reader behind."""
    raw = _raw(data, entry)
    if entry.compress_type == zipfile.ZIP_STORED:
        content, whole = raw, True
    elif entry.compress_type == zipfile.ZIP_DEFLATED:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            content = inflater.decompress(raw, limit + 1)
        except zlib.error as error:
            raise refusal("damaged") from error
        whole = inflater.eof
    else:
        raise refusal("damaged")
    if len(content) > min(limit, entry.file_size):
        raise refusal("bomb")
    if not whole or len(content) != entry.file_size or zlib.crc32(content) != entry.CRC:
        raise refusal("damaged")
    return content


def _raw(data: bytes, entry: zipfile.ZipInfo) -> bytes:
    start = entry.header_offset
    header = data[start : start + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
        raise refusal("damaged")
    body = start + _LOCAL_HEADER
    body += int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return data[body : body + entry.compress_size]


def _check_part(name: str, part: bytes) -> None:
    if part.startswith((b"PK\x03\x04", _OLE_HEADER)):
        raise refusal("embedded_object")
    if not part.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        if name.casefold().endswith((".xml", ".rels", ".vml")) and part:
            raise refusal("unsafe_xml")
        return
    encoding = _ENCODING.match(part.lstrip(b"\xef\xbb\xbf"))
    if encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii"):
        raise refusal("unsafe_xml")
    if b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise refusal("unsafe_xml")
    if name.casefold().endswith(".rels"):
        _check_relationships(part)


def _check_relationships(part: bytes) -> None:
    """Links a person clicks on stay; whatever a program would fetch by itself does not."""
    for relationship in _external(part):
        if b"/hyperlink" not in relationship:
            raise refusal("external_link")


def _external(part: bytes) -> Iterator[bytes]:
    return (found for found in _RELATIONSHIP.findall(part) if b"External" in found)


def _check_kind(parts: Mapping[str, bytes]) -> None:
    types = parts.get(CONTENT_TYPES)
    if types is None:
        raise refusal("not_a_workbook")
    if any(kind in types.lower() for kind in _MACRO_TYPES):
        raise refusal("macros")
    if _MAIN_TYPE not in types:
        raise refusal("not_a_workbook")
