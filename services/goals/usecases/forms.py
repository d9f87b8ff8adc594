"""The official forms of the goals service, read once at start from `forms/*.toml`."""

from pathlib import Path

from services.goals.domain.vocabulary import KINDS, LEVEL1, LEVEL2, OPERATOR_SIGNS
from shared.workbooks import official
from shared.workbooks.official import OfficialForms

PROJECT_GOAL = "project-goal"
DEPARTMENT_GOAL = "department-goal"

#: The lists the layouts name. Full-width signs, because a cell that is only "=" would be a formula.
CHOICES = {
    "level1": LEVEL1,
    "level2": LEVEL2,
    "operator": OPERATOR_SIGNS,
    "project_kind": KINDS,
}


def load() -> OfficialForms:
    """Layouts and help, held against each other."""
    return official.load(Path(__file__).parent.parent / "forms", CHOICES)
