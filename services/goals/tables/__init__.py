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
from services.goals.tables.library import COMMON_REGION, IndicatorEntry, IndicatorTerm

__all__ = [
    "COMMON_REGION",
    "ApprovalBatch",
    "Disclosure",
    "Goal",
    "GoalIndicator",
    "GoalStep",
    "IndicatorEntry",
    "IndicatorTerm",
    "Project",
    "ProjectFund",
    "ProjectResult",
    "Table",
    "Unit",
]
