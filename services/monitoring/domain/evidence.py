"""佐证材料: what a file is by its first bytes, and a name that is safe to keep and to send."""

import re
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import IO

_OFFICE = "application/vnd.openxmlformats-officedocument."

#: kind → (media type, endings of the name)
KINDS = {
    "pdf": ("application/pdf", (".pdf",)),
    "ofd": ("application/ofd", (".ofd",)),
    "docx": (f"{_OFFICE}wordprocessingml.document", (".docx",)),
    "xlsx": (f"{_OFFICE}spreadsheetml.sheet", (".xlsx",)),
    "jpeg": ("image/jpeg", (".jpg", ".jpeg")),
    "png": ("image/png", (".png",)),
}

_STARTS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpeg", b"\x89PNG\r\n\x1a\n": "png"}
_PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "OFD.xml": "ofd"}
_MAX_NAME = 120
_MAX_PARTS = 5000
_UNSAFE = re.compile(r'[<>:"|?*\\/]')


class NotEvidence(ValueError):
    """The file can't be taken; the message says why and what can."""


@dataclass(frozen=True)
class EvidenceLimits:
    """What one rectification may carry."""

    kinds: tuple[str, ...]
    max_file_bytes: int
    max_file_count: int
    max_total_bytes: int


def kind_of(file: IO[bytes]) -> str | None:
    """Which of KINDS the content is, whatever its name says; macros make it none of them."""
    file.seek(0)
    head = file.read(8)
    for start, kind in _STARTS.items():
        if head.startswith(start):
            return kind
    return _package_kind(file) if head.startswith(b"PK\x03\x04") else None


def _package_kind(file: IO[bytes]) -> str | None:
    try:
        with zipfile.ZipFile(file) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if len(names) > _MAX_PARTS or any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    return next((kind for part, kind in _PARTS.items() if part in names), None)


def clean_name(sent: str, kind: str) -> str:
    """The name without folders, control and direction characters. Raises NotEvidence."""
    name = unicodedata.normalize("NFC", sent).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = _UNSAFE.sub("_", " ".join(name.split())).strip(". ")
    stem, dot, ending = name.rpartition(".")
    endings = KINDS[kind][1]
    if not stem.strip(". ") or f"{dot}{ending}".lower() not in endings:
        raise NotEvidence(f"文件名应以 {'、'.join(endings)} 结尾，与内容一致")
    return f"{stem[: _MAX_NAME - len(ending) - 1].rstrip('. ')}.{ending.lower()}"
