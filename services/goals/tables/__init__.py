"""The goals schema."""

from services.goals.tables.base import Table
from services.goals.tables.directory import (
    ApprovedBudget,
    BudgetChange,
    BudgetChangeLine,
    BudgetCycle,
    OfficerAssignment,
    Project,
    ProjectFund,
    Region,
    Unit,
)
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
    "ApprovedBudget",
    "BudgetChange",
    "BudgetChangeLine",
    "BudgetCycle",
    "Disclosure",
    "Goal",
    "GoalIndicator",
    "GoalStep",
    "OfficerAssignment",
    "Project",
    "ProjectFund",
    "ProjectResult",
    "Region",
    "Table",
    "Unit",
]
