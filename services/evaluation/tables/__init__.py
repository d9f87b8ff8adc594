"""The evaluation schema."""

from services.evaluation.tables.base import Table
from services.evaluation.tables.engagements import Agency, Engagement
from services.evaluation.tables.evaluation_steps import (
    EvaluationEvent,
    EvaluationStep,
    FrameworkRow,
    ViewExchange,
)
from services.evaluation.tables.evaluations import (
    Evaluation,
    EvaluationGroup,
    EvaluationSubject,
    SheetRow,
)
from services.evaluation.tables.evaluators import Dissent, Evaluator, EvaluatorSheet
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
    "Dissent",
    "Engagement",
    "Evaluation",
    "EvaluationEvent",
    "EvaluationGroup",
    "EvaluationStep",
    "EvaluationSubject",
    "Evaluator",
    "EvaluatorSheet",
    "ExAnteOpinion",
    "ExAnteResult",
    "Execution",
    "ExecutionPaid",
    "FrameworkRow",
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
    "ViewExchange",
]
