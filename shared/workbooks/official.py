"""The official forms of a service: layouts and help, read once at start from its folder of TOML."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.workbooks import layout as layouts
from shared.workbooks.help import FormHelp, read_help
from shared.workbooks.layout import Choices, Layout


@dataclass(frozen=True)
class OfficialForms:
    """Layouts and help by form code, as the running service has them."""

    layouts: Mapping[str, Layout]
    help: Mapping[str, FormHelp]


def load(folder: Path, choices: Choices) -> OfficialForms:
    """`<form>.toml` and `help/<form>.toml`, held against each other.

    Raises UnsoundLayout or UnsoundHelp, so that a broken file keeps the service down.
    """
    found = {path.stem: layouts.load(path, choices) for path in sorted(folder.glob("*.toml"))}
    return OfficialForms(
        found,
        {
            code: read_help(folder / "help" / f"{code}.toml", layout.labels())
            for code, layout in found.items()
        },
    )
