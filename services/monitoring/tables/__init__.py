"""The monitoring schema."""

from services.monitoring.tables.base import Table
from services.monitoring.tables.evidence import EvidenceChunk, EvidenceFile
from services.monitoring.tables.forms import (
    FormFund,
    FormRow,
    FormStep,
    MonitoringForm,
    MonitoringRound,
)
from services.monitoring.tables.goals import ApprovedFund, ApprovedGoal, Unit
from services.monitoring.tables.payment_controls import PaymentControl
from services.monitoring.tables.payments import Execution, ExecutionFund, Payment
from services.monitoring.tables.rectifications import (
    Rectification,
    RectificationMeasure,
    RectificationProblem,
    RectificationStep,
    RectificationWarning,
    RefusedRequest,
)
from services.monitoring.tables.warnings import ProjectWarning, RuleRun

__all__ = [
    "ApprovedFund",
    "ApprovedGoal",
    "EvidenceChunk",
    "EvidenceFile",
    "Execution",
    "ExecutionFund",
    "FormFund",
    "FormRow",
    "FormStep",
    "MonitoringForm",
    "MonitoringRound",
    "Payment",
    "PaymentControl",
    "ProjectWarning",
    "Rectification",
    "RectificationMeasure",
    "RectificationProblem",
    "RectificationStep",
    "RectificationWarning",
    "RefusedRequest",
    "RuleRun",
    "Table",
    "Unit",
]
