"""The evaluation schema."""

from services.evaluation.tables.accountability import AccountabilityCase, AccountabilityOutcome
from services.evaluation.tables.agencies import (
    Agency,
    AgencyStaff,
    AgencyViolation,
    RegisterChange,
)
from services.evaluation.tables.base import Table
from services.evaluation.tables.base_data import DepartmentBaseData
from services.evaluation.tables.engagements import (
    AgencyQualityScore,
    Engagement,
    EngagementDeliverable,
    EngagementInstalment,
    EngagementStaff,
    EngagementTerm,
)
from services.evaluation.tables.evaluations import (
    Evaluation,
    EvaluationGroup,
    EvaluationSubject,
    SheetRow,
)
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
from services.evaluation.tables.result_proposals import ResultDecision, ResultProposal
from services.evaluation.tables.self_evaluations import (
    Recheck,
    RectificationRequest,
    RectificationSource,
    SelfEvaluation,
    SelfEvaluationBatch,
    SelfEvaluationFund,
    SelfEvaluationRow,
)
from services.evaluation.tables.summaries import SummaryIssue, SummaryNarrative
from services.evaluation.tables.trainings import Training, TrainingAttendance

__all__ = [
    "AccountabilityCase",
    "AccountabilityOutcome",
    "Agency",
    "AgencyQualityScore",
    "AgencyStaff",
    "AgencyViolation",
    "ApprovedFund",
    "ApprovedGoal",
    "DepartmentBaseData",
    "DrawCandidate",
    "Engagement",
    "EngagementDeliverable",
    "EngagementInstalment",
    "EngagementStaff",
    "EngagementTerm",
    "Evaluation",
    "EvaluationGroup",
    "EvaluationSubject",
    "ExAnteOpinion",
    "ExAnteResult",
    "Execution",
    "ExecutionPaid",
    "Expert",
    "ExpertDraw",
    "Invitation",
    "Recheck",
    "RectificationRefusal",
    "RectificationRequest",
    "RectificationSource",
    "RectificationState",
    "Recusal",
    "RegisterChange",
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
]
