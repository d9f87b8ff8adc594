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
from services.evaluation.tables.circulars import Circular, CircularUnit
from services.evaluation.tables.engagements import (
    AgencyQualityScore,
    Engagement,
    EngagementDeliverable,
    EngagementInstalment,
    EngagementStaff,
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
    ApprovedBudget,
    ApprovedFund,
    ApprovedGoal,
    Execution,
    ExecutionPaid,
    MonitoredForm,
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
from services.evaluation.tables.reports import EvaluationReport, ReportPassage
from services.evaluation.tables.result_proposals import ResultDecision, ResultProposal
from services.evaluation.tables.self_evaluations import (
    RectificationRequest,
    RectificationSource,
    SelfEvaluation,
    SelfEvaluationBatch,
    SelfEvaluationFund,
    SelfEvaluationFundKind,
    SelfEvaluationReturn,
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
    "AgencyStaff",
    "AgencyViolation",
    "ApprovedBudget",
    "ApprovedFund",
    "ApprovedGoal",
    "Circular",
    "CircularUnit",
    "DepartmentBaseData",
    "Dissent",
    "DrawCandidate",
    "Engagement",
    "EngagementDeliverable",
    "EngagementInstalment",
    "EngagementStaff",
    "EngagementTerm",
    "Evaluation",
    "EvaluationEvent",
    "EvaluationGroup",
    "EvaluationReport",
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
    "MonitoredForm",
    "Recheck",
    "RecheckFinding",
    "RecheckPlan",
    "RecheckPlanCandidate",
    "RectificationRefusal",
    "RectificationRequest",
    "RectificationSource",
    "RectificationState",
    "Recusal",
    "RegisterChange",
    "ReportPassage",
    "ResultDecision",
    "ResultProposal",
    "SelfEvaluation",
    "SelfEvaluationBatch",
    "SelfEvaluationFund",
    "SelfEvaluationFundKind",
    "SelfEvaluationReturn",
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
