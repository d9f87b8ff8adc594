"""调整、追加、结转: an approved goal is opened again only together with a change of its budget."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.goal_states import Status, Step
from services.goals.errors import BudgetChangeUnfit
from services.goals.schemas.goals import AdjustmentIn
from services.goals.tables import BudgetChange, GoalSubmission, GoalVersion
from services.goals.usecases.drafts import store_rows
from services.goals.usecases.steps import lock_goal, note
from shared.auth import Caller
from shared.etags import Expected


async def open_adjustment(
    session: AsyncSession,
    goal_id: UUID,
    order: AdjustmentIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Open an approved goal for the budget change it goes with; the version in force stays."""
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.ADJUST)
    change = await session.scalar(
        select(BudgetChange)
        .where(
            BudgetChange.region_code == goal.region_code,
            BudgetChange.id == order.budget_change_id,
            BudgetChange.project_code == goal.project_code,
            BudgetChange.fiscal_year == goal.fiscal_year,
            BudgetChange.status == "pending",
        )
        .with_for_update()
    )
    if change is None:
        raise BudgetChangeUnfit("没有这个项目本年度待批复的预算调整，或它已批复、已撤回")
    goal.budget_change_id = change.id
    goal.status = Status.DRAFT
    goal.drafted_by, goal.submitted_by, goal.reviewed_by = by.subject, None, None
    note(session, goal, Step.ADJUST, by=by, at=at, reason=order.reason)


async def cancel_adjustment(
    session: AsyncSession,
    goal_id: UUID,
    reason: str,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Give an adjustment up: the form is again what was approved."""
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.CANCEL_ADJUSTMENT)
    content = await session.scalar(
        select(GoalSubmission.content)
        .join(
            GoalVersion,
            (GoalVersion.region_code == GoalSubmission.region_code)
            & (GoalVersion.goal_id == GoalSubmission.goal_id)
            & (GoalVersion.submission_no == GoalSubmission.submission_no),
        )
        .where(
            GoalVersion.region_code == goal.region_code,
            GoalVersion.goal_id == goal.id,
            GoalVersion.version_no == goal.approved_version,
        )
    )
    assert content is not None  # the state says that a version is in force
    goal.annual_goal, goal.midterm_goal = content["annual_goal"], content["midterm_goal"]
    goal.tasks = content["tasks"]
    await store_rows(session, goal.region_code, goal.id, content["indicators"])
    goal.status = Status.APPROVED
    goal.budget_change_id, goal.submitted_by, goal.reviewed_by = None, None, None
    note(session, goal, Step.CANCEL_ADJUSTMENT, by=by, at=at, reason=reason)
