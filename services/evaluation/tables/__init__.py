"""The evaluation schema."""

from services.evaluation.tables.base import Table
from services.evaluation.tables.circulars import Circular, CircularUnit
from services.evaluation.tables.engagements import Agency, Engagement
from services.evaluation.tables.evaluations import (
    Evaluation,
    EvaluationGroup,
    EvaluationSubject,
    SheetRow,
)
from services.evaluation.tables.ex_ante import ExAnteOpinion, ExAnteResult
from services.evaluation.tables.projections import (
    ApprovedFund,
    ApprovedGoal,
    Execution,
    ExecutionPaid,
    RectificationRefusal,
    RectificationState,
    Unit,
)
from services.evaluation.tables.self_evaluations import (
    Recheck,
    RectificationRequest,
    RectificationSource,
    SelfEvaluation,
    SelfEvaluationBatch,
    SelfEvaluationFund,
    SelfEvaluationRow,
)

__all__ = [
    "Agency",
    "ApprovedFund",
    "ApprovedGoal",
    "Circular",
    "CircularUnit",
    "Engagement",
    "Evaluation",
    "EvaluationGroup",
    "EvaluationSubject",
    "ExAnteOpinion",
    "ExAnteResult",
    "Execution",
    "ExecutionPaid",
    "Recheck",
    "RectificationRefusal",
    "RectificationRequest",
    "RectificationSource",
    "RectificationState",
    "SelfEvaluation",
    "SelfEvaluationBatch",
    "SelfEvaluationFund",
    "SelfEvaluationRow",
    "SheetRow",
    "Table",
    "Unit",
]
