"""Facts the evaluation service publishes."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.feed import Fact
from shared.fields import Exact, Out


class SelfEvaluatedRow(Out):
    """One indicator of the form with what was achieved; 定性指标 have no values."""

    name: str
    level1: str
    level2: str
    operator: str
    target_value: Exact | None
    actual_value: Exact | None
    unit_of_measure: str | None


class SelfEvaluationSubmitted(Fact):
    """单位自评已报送。"""

    type: ClassVar[str] = "cn.wenxiao.self_evaluation.submitted.v1"

    self_evaluation_id: UUID
    version: int
    project_code: str
    unit_code: str
    fiscal_year: int
    total: Exact
    grade: str | None
    rows: list[SelfEvaluatedRow]

    def subject(self) -> str:
        """The self-evaluation's id."""
        return str(self.self_evaluation_id)


class SelfEvaluationReturned(Fact):
    """单位自评已退回：此前报送的不再作数。"""

    type: ClassVar[str] = "cn.wenxiao.self_evaluation.returned.v1"

    self_evaluation_id: UUID
    version: int
    project_code: str
    unit_code: str
    fiscal_year: int

    def subject(self) -> str:
        """The self-evaluation's id."""
        return str(self.self_evaluation_id)


class Problem(Out):
    """What is to be put right, in which project."""

    project_code: str | None
    text: str


class RectificationRequested(Fact):
    """已要求整改：由监控服务开具整改函。"""

    type: ClassVar[str] = "cn.wenxiao.rectification.requested.v1"

    request_id: UUID
    version: int
    unit_code: str
    fiscal_year: int
    letter_no: str
    due_on: date
    origin: str
    #: 结果确定之日: the last day on which one of the results behind it was re-reviewed.
    result_fixed_on: date
    problems: list[Problem]

    def subject(self) -> str:
        """The request's id."""
        return str(self.request_id)


class ResultSubject(Out):
    """A project and unit the score stands for; whole departments have no project."""

    project_code: str | None
    unit_code: str


class ResultPublished(Fact):
    """评价结果已审定。"""

    type: ClassVar[str] = "cn.wenxiao.result.published.v1"

    evaluation_id: UUID
    group_no: int
    version: int
    kind: str
    fiscal_year: int
    score: Exact
    grade: str
    subjects: list[ResultSubject]

    def subject(self) -> str:
        """The evaluation's id and the number of the group."""
        return f"{self.evaluation_id}/{self.group_no}"


class ExAnteConcluded(Fact):
    """事前绩效评估结论已确认。`version` 按项目和年度递增。"""

    type: ClassVar[str] = "cn.wenxiao.ex_ante.concluded.v1"

    project_code: str
    unit_code: str
    fiscal_year: int
    conclusion: str
    concluded_on: date
    report_no: str
    version: int

    def subject(self) -> str:
        """The project's code and the year."""
        return f"{self.project_code}/{self.fiscal_year}"


class ResultApplied(Fact):
    """评价结果已决定怎样用于下一年预算。`fiscal_year` 是所影响的年度；`version` 按建议递增。"""

    type: ClassVar[str] = "cn.wenxiao.result.applied.v1"

    proposal_id: UUID
    version: int
    project_code: str | None
    unit_code: str
    fiscal_year: int
    result_year: int
    grade: str
    action: str
    action_label: str
    pct: Exact | None
    amount: Exact | None
    fund_level: str | None
    reason: str
    decided_on: date

    def subject(self) -> str:
        """The proposal's id."""
        return str(self.proposal_id)


#: Every fact of this service.
PUBLISHED = (
    SelfEvaluationSubmitted,
    SelfEvaluationReturned,
    RectificationRequested,
    ResultPublished,
    ExAnteConcluded,
    ResultApplied,
)
