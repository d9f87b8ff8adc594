"""The monitoring schema."""

from services.monitoring.tables.base import Table
from services.monitoring.tables.evidence import EvidenceChunk, EvidenceFile
from services.monitoring.tables.forms import (
    FormFund,
    FormRow,
    FormStep,
    MonitoringForm,
)
from services.monitoring.tables.goals import (
    ApprovedFund,
    ApprovedGoal,
    BudgetFund,
    BudgetVersion,
    Unit,
)
from services.monitoring.tables.payment_controls import PaymentControl
from services.monitoring.tables.payments import (
    Execution,
    ExecutionFund,
    FundReceipt,
    Payment,
    PaymentPlan,
)
from services.monitoring.tables.rectifications import (
    Rectification,
    RectificationMeasure,
    RectificationProblem,
    RectificationStep,
    RectificationWarning,
    RefusedRequest,
)
from services.monitoring.tables.rounds import MonitoringRound, RoundExtension, RoundReminder
from services.monitoring.tables.tenders import Tender
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
    "BudgetFund",
    "BudgetVersion",
    "EvidenceChunk",
    "EvidenceFile",
    "Execution",
    "ExecutionFund",
    "FormFund",
    "FormRow",
    "FormStep",
    "FundReceipt",
    "MonitoringForm",
    "MonitoringRound",
    "Payment",
    "PaymentControl",
    "PaymentPlan",
    "ProjectColour",
    "ProjectWarning",
    "Rectification",
    "RectificationMeasure",
    "RectificationProblem",
    "RectificationStep",
    "RectificationWarning",
    "RefusedRequest",
    "RoundExtension",
    "RoundReminder",
    "RuleRun",
    "RuleText",
    "Table",
    "Tender",
    "Unit",
    "WarningAnswer",
]
