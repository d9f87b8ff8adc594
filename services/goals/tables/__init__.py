"""The goals schema."""

from services.goals.tables.base import Table
from services.goals.tables.directory import Project, ProjectFund, Unit
from services.goals.tables.goals import (
    ApprovalBatch,
    Disclosure,
    Goal,
    GoalIndicator,
    GoalStep,
)
from services.goals.tables.projections import (
    ExAnteResult,
    ProjectResult,
    Rectification,
    SelfEvaluated,
)

__all__ = [
    "ApprovalBatch",
    "Disclosure",
    "ExAnteResult",
    "Goal",
    "GoalIndicator",
    "GoalStep",
    "Project",
    "ProjectFund",
    "ProjectResult",
    "Rectification",
    "SelfEvaluated",
    "Table",
    "Unit",
]
