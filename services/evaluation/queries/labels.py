"""Chinese labels put beside the codes of rows read as JSON."""

from collections.abc import Mapping
from typing import Any

import orjson


def labelled(text: str | None, **labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """Objects of a JSON list, each named field with its label beside it."""
    entries: list[dict[str, Any]] = orjson.loads(text or "[]")
    return [{**entry, **_labels(entry, labels)} for entry in entries]


def _labels(
    entry: Mapping[str, Any], labels: Mapping[str, Mapping[str, str]]
) -> dict[str, str | None]:
    return {f"{field}_label": label(entry[field], known) for field, known in labels.items()}


def label(code: str | None, known: Mapping[str, str]) -> str | None:
    """The label of a code; a code without one speaks for itself."""
    return None if code is None else known.get(code, code)
