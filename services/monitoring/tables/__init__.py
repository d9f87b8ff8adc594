"""The monitoring schema."""

from services.monitoring.tables.base import Table
from services.monitoring.tables.forms import (
    FormFund,
    FormRow,
    FormStep,
    MonitoringForm,
    MonitoringRound,
)
from services.monitoring.tables.goals import ApprovedFund, ApprovedGoal, Unit
from services.monitoring.tables.payments import Execution, ExecutionFund, Payment
from services.monitoring.tables.rectifications import (
    Rectification,
    RectificationProblem,
    RectificationStep,
    RectificationWarning,
)
from services.monitoring.tables.warnings import (
    ProjectColour,
    ProjectWarning,
    RuleRun,
    RuleText,
    WarningAnswer,
)

__all__ = [
    "ApprovedFund",
    "ApprovedGoal",
    "Execution",
    "ExecutionFund",
    "FormFund",
    "FormRow",
    "FormStep",
    "MonitoringForm",
    "MonitoringRound",
    "Payment",
    "ProjectColour",
    "ProjectWarning",
    "Rectification",
    "RectificationProblem",
    "RectificationStep",
    "RectificationWarning",
    "RuleRun",
    "RuleText",
    "Table",
    "Unit",
    "WarningAnswer",
]
