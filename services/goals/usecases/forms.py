"""The official forms of the goals service, read once at start from `forms/*.toml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from services.goals.domain.form_help import FormHelp, read_help
from services.goals.domain.vocabulary import KINDS, LEVEL1, LEVEL2, OPERATOR_SIGNS
from shared.workbooks import layout as layouts
from shared.workbooks.layout import Layout

PROJECT_GOAL = "project-goal"
DEPARTMENT_GOAL = "department-goal"

#: The lists the layouts name. Full-width signs, because a cell that is only "=" would be a formula.
CHOICES = {
    "level1": LEVEL1,
    "level2": LEVEL2,
    "operator": OPERATOR_SIGNS,
    "project_kind": KINDS,
}

_FOLDER = Path(__file__).parent.parent / "forms"


@dataclass(frozen=True)
class OfficialForms:
    """Layouts and help by form code, as the running service has them."""

    layouts: Mapping[str, Layout]
    help: Mapping[str, FormHelp]


def load() -> OfficialForms:
    """Both, held against each other."""
    return OfficialForms(load_layouts(), load_help())


def load_layouts() -> dict[str, Layout]:
    """Every layout by form code. Raises UnsoundLayout, so a broken file keeps the service down."""
    return {path.stem: layouts.load(path, CHOICES) for path in sorted(_FOLDER.glob("*.toml"))}


def load_help() -> dict[str, FormHelp]:
    """The help of every form. Raises UnsoundHelp when a field has none, or help has no field."""
    return {
        code: read_help(_FOLDER / "help" / f"{code}.toml", layout.labels())
        for code, layout in load_layouts().items()
    }
