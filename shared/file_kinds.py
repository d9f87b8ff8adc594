"""What a file is by its first bytes, a name that is safe to keep and to send, and how much is taken."""

import re
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any

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


class UnfitName(ValueError):
    """The name can't be taken; the message says why and what can."""


@dataclass(frozen=True)
class FileLimits:
    """Which files are taken, and how many in one place."""

    kinds: tuple[str, ...]
    max_file_bytes: int
    max_file_count: int
    max_total_bytes: int

    def exceeded(self, count: int, total: int, size: int) -> str | None:
        """What a file of this size would go beyond, where so many lie already."""
        if count >= self.max_file_count:
            return f"至多 {self.max_file_count} 个文件"
        if total + size > self.max_total_bytes:
            return f"的文件合计至多 {self.max_total_bytes // 1024**2} MB"
        return None


def limits_of(values: Mapping[str, Any]) -> FileLimits:
    """The limits as a rule file has them. Raises KeyError, TypeError or ValueError."""
    kinds = tuple(values["kinds"])
    if not kinds or not set(kinds) <= KINDS.keys():
        raise ValueError(f"kinds are some of {', '.join(KINDS)}")
    names = ("max_file_bytes", "max_file_count", "max_total_bytes")
    numbers = [values[name] for name in names]
    if any(type(number) is not int or number < 1 for number in numbers):
        raise ValueError(f"{', '.join(names)} are positive numbers")
    return FileLimits(kinds, *numbers)


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
    """The name without folders, control and direction characters. Raises UnfitName."""
    name = unicodedata.normalize("NFC", sent).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    name = _UNSAFE.sub("_", " ".join(name.split())).strip(". ")
    stem, dot, ending = name.rpartition(".")
    endings = KINDS[kind][1]
    if not stem.strip(". ") or f"{dot}{ending}".lower() not in endings:
        raise UnfitName(f"文件名应以 {'、'.join(endings)} 结尾，与内容一致")
    return f"{stem[: _MAX_NAME - len(ending) - 1].rstrip('. ')}.{ending.lower()}"
