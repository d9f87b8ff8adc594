"""Budget cycles and budget changes on the wire."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.goals.schemas.directory import ProjectCode
from services.goals.schemas.funds import ChangeKind, ChangeLineIn, ChangeStatus, LineOut
from shared.fields import Code, Exact, In, LongText, Out, Text, Year


class BudgetCycleIn(In):
    """预算年度: the form its goals are filled in on, and until when each step is due."""

    form: Code = Field(description="申报表规则编号，如 goal-form、goal-form-2021")
    submit_by: date = Field(description="单位报送截止")
    review_by: date = Field(description="业务室审核截止")
    approve_by: date = Field(description="批复截止")


class FormSource(Out):
    """Where a form's rules stand written; `verified` says whether the official text was read."""

    title: str
    article: str | None
    url: str | None
    published_on: date | None
    verified: bool


class BudgetCycleOut(Out):
    """预算年度. `form_rule` names the wording of the form in force when goals are due."""

    fiscal_year: int
    form: str
    form_label: str
    form_rule: str
    form_source: FormSource
    submit_by: date
    review_by: date
    approve_by: date
    version: int
    updated_at: datetime
    allowed_actions: list[str]


class BudgetChangeRow(In):
    """预算调整 of one project as the budget system pushes it."""

    document_no: Text = Field(description="调整文号")
    project_code: ProjectCode
    fiscal_year: Year
    kind: ChangeKind = Field(description="追加、调减、调剂、结转")
    changed_on: date
    reason: LongText
    lines: Annotated[list[ChangeLineIn], Field(min_length=1, max_length=20)]


class WithdrawalIn(In):
    """撤回 of a pending budget change."""

    reason: LongText


class BudgetChangeOut(Out):
    """预算调整; `amount` is the sum of its lines, of all fund levels and sources, in yuan."""

    id: UUID
    document_no: str
    project_code: str
    project_name: str
    unit_code: str
    unit_name: str
    fiscal_year: int
    kind: ChangeKind
    kind_label: str
    changed_on: date
    reason: str
    status: ChangeStatus
    status_label: str
    goal_id: UUID | None = Field(description="正在按此调整办理的绩效目标")
    batch_id: UUID | None = Field(description="批复此调整的批复文")
    withdrawn_by: str | None
    withdrawal_reason: str | None
    amount: Exact
    lines: list[LineOut]
    version: int
    updated_at: datetime
    allowed_actions: list[str]
