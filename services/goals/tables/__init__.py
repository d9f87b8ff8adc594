"""The goals schema."""

from services.goals.tables.base import Table
from services.goals.tables.directory import Project, ProjectFund, Unit
from services.goals.tables.goals import (
    ApprovalBatch,
    Disclosure,
    Goal,
    GoalIndicator,
    GoalStep,
    ProjectResult,
)

__all__ = [
    "ApprovalBatch",
    "Disclosure",
    "Goal",
    "GoalIndicator",
    "GoalStep",
    "Project",
    "ProjectFund",
    "ProjectResult",
    "Table",
    "Unit",
]
