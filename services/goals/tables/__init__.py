"""The goals schema."""

from services.goals.tables.approvals import ApprovalBatch, Disclosure, Notice
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
    Goal,
    GoalIndicator,
    GoalReview,
    GoalStep,
    GoalSubmission,
    GoalVersion,
)
from services.goals.tables.library import COMMON_REGION, IndicatorEntry, IndicatorTerm
from services.goals.tables.projections import (
    AppliedResult,
    ExAnteResult,
    ProjectResult,
    Rectification,
    SelfEvaluated,
)

__all__ = [
    "COMMON_REGION",
    "AppliedResult",
    "ApprovalBatch",
    "ApprovedBudget",
    "BudgetChange",
    "BudgetChangeLine",
    "BudgetCycle",
    "Disclosure",
    "ExAnteResult",
    "Goal",
    "GoalIndicator",
    "GoalReview",
    "GoalStep",
    "GoalSubmission",
    "GoalVersion",
    "IndicatorEntry",
    "IndicatorTerm",
    "Notice",
    "OfficerAssignment",
    "Project",
    "ProjectFund",
    "ProjectResult",
    "Rectification",
    "Region",
    "SelfEvaluated",
    "Table",
    "Unit",
]
