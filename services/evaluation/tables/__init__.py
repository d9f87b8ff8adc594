"""The evaluation schema."""

from services.evaluation.tables.accountability import AccountabilityCase, AccountabilityOutcome
from services.evaluation.tables.base import Table
from services.evaluation.tables.base_data import DepartmentBaseData
from services.evaluation.tables.circulars import Circular, CircularUnit
from services.evaluation.tables.engagements import (
    Agency,
    AgencyQualityScore,
    Engagement,
    EngagementTerm,
)
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
from services.evaluation.tables.experts import (
    DrawCandidate,
    Expert,
    ExpertDraw,
    Invitation,
    Recusal,
)
from services.evaluation.tables.projections import (
    ApprovedFund,
    ApprovedGoal,
    Execution,
    ExecutionPaid,
    RectificationRefusal,
    RectificationState,
    Unit,
)
from services.evaluation.tables.rechecks import (
    Recheck,
    RecheckFinding,
    RecheckPlan,
    RecheckPlanCandidate,
)
from services.evaluation.tables.result_proposals import ResultDecision, ResultProposal
from services.evaluation.tables.self_evaluations import (
    RectificationRequest,
    RectificationSource,
    SelfEvaluation,
    SelfEvaluationBatch,
    SelfEvaluationFund,
    SelfEvaluationRow,
)
from services.evaluation.tables.summaries import SummaryIssue, SummaryNarrative
from services.evaluation.tables.trainings import Training, TrainingAttendance
from services.evaluation.tables.working_papers import (
    WorkingPaper,
    WorkingPaperChunk,
    WorkingPaperWithdrawal,
)

__all__ = [
    "AccountabilityCase",
    "AccountabilityOutcome",
    "Agency",
    "AgencyQualityScore",
    "ApprovedFund",
    "ApprovedGoal",
    "Circular",
    "CircularUnit",
    "DepartmentBaseData",
    "Dissent",
    "DrawCandidate",
    "Engagement",
    "EngagementTerm",
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
    "Expert",
    "ExpertDraw",
    "FrameworkRow",
    "Invitation",
    "Recheck",
    "RecheckFinding",
    "RecheckPlan",
    "RecheckPlanCandidate",
    "RectificationRefusal",
    "RectificationRequest",
    "RectificationSource",
    "RectificationState",
    "Recusal",
    "ResultDecision",
    "ResultProposal",
    "SelfEvaluation",
    "SelfEvaluationBatch",
    "SelfEvaluationFund",
    "SelfEvaluationRow",
    "SheetRow",
    "SummaryIssue",
    "SummaryNarrative",
    "Table",
    "Training",
    "TrainingAttendance",
    "Unit",
    "ViewExchange",
    "WorkingPaper",
    "WorkingPaperChunk",
    "WorkingPaperWithdrawal",
]
