"""填报说明: what to write into each field of a form, with a good and a bad example."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class UnsoundHelp(ValueError):
    """The help file can't be used; the message names the file, the field and what is wrong."""


@dataclass(frozen=True)
class FieldHelp:
    """One field: how to fill it in. Fields the system fills in itself have no examples."""

    code: str
    label: str
    instruction: str
    required: bool
    filled_by_system: bool
    good_example: str | None
    bad_example: str | None
    bad_because: str | None
    #: The checks of the drafting coach that look at this field.
    rules: tuple[str, ...]


@dataclass(frozen=True)
class FormHelp:
    """One form: what it is for, and its fields in the order of the sheet."""

    form: str
    title: str
    purpose: str
    fields: tuple[FieldHelp, ...]


def read_help(path: Path, labels: Mapping[str, str]) -> FormHelp:
    """Read one form's help and hold it against the form's fields. Raises UnsoundHelp."""
    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UnsoundHelp(f"{path.name}: {error}") from error
    entries: Mapping[str, Any] = document.get("fields", {})
    for code in labels:
        if code not in entries:
            raise UnsoundHelp(f"{path.name}: field {code} has no help")
    for code in entries:
        if code not in labels:
            raise UnsoundHelp(f"{path.name}: the form has no field {code}")
    try:
        return FormHelp(
            form=path.stem,
            title=str(document["title"]),
            purpose=str(document["purpose"]),
            fields=tuple(
                _field(path.name, code, label, entries[code]) for code, label in labels.items()
            ),
        )
    except KeyError as error:
        raise UnsoundHelp(f"{path.name}: {error} is missing") from error


def _field(file: str, code: str, label: str, entry: Mapping[str, Any]) -> FieldHelp:
    by_system = bool(entry.get("filled_by_system", False))
    examples = ("good_example", "bad_example", "bad_because")
    missing = [
        name for name in ("instruction", *(() if by_system else examples)) if name not in entry
    ]
    if missing:
        raise UnsoundHelp(f"{file}: field {code} has no {missing[0]}")
    return FieldHelp(
        code=code,
        label=label,
        instruction=str(entry["instruction"]),
        required=bool(entry.get("required", False)),
        filled_by_system=by_system,
        good_example=entry.get("good_example"),
        bad_example=entry.get("bad_example"),
        bad_because=entry.get("bad_because"),
        rules=tuple(entry.get("rules", ())),
    )
