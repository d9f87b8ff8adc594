"""What every step of a goal has in common: the goal is locked and read, the step goes into its
history, and its version counts up."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.goal_states import Step, StepRefused, require
from services.goals.errors import GoalStateForbids
from services.goals.tables import Goal, GoalStep, GoalSubmission
from shared.auth import Caller
from shared.db import lock_one, within
from shared.etags import Expected
from shared.ids import new_id


async def lock_goal(
    session: AsyncSession, goal_id: UUID, *, by: Caller, expected: Expected, step: Step
) -> Goal:
    """The goal, locked. Raises NotFound, 412, or GoalStateForbids when the step can't be taken."""
    goal = await lock_one(session, within(select(Goal), Goal, by).where(Goal.id == goal_id))
    expected.check(goal.row_version)
    try:
        require(
            goal.status, step, approved=goal.approved_version is not None, disclosed=_settled(goal)
        )
    except StepRefused as error:
        raise GoalStateForbids(str(error)) from error
    return goal


def note(
    session: AsyncSession,
    goal: Goal,
    step: Step,
    *,
    by: Caller,
    at: datetime,
    grade: str | None = None,
    reason: str | None = None,
) -> None:
    """Write the step into the goal's history and count its version up."""
    goal.row_version += 1
    goal.updated_at = at
    session.add(
        GoalStep(
            region_code=goal.region_code,
            id=new_id(),
            goal_id=goal.id,
            step=step,
            by=by.subject,
            at=at,
            grade=grade,
            reason=reason,
            submission_no=goal.submission_count or None,
            version_no=goal.approved_version,
        )
    )


async def last_submitted(session: AsyncSession, goal: Goal) -> dict[str, Any] | None:
    """The form as it was last submitted."""
    content: dict[str, Any] | None = await session.scalar(
        select(GoalSubmission.content).where(
            GoalSubmission.region_code == goal.region_code,
            GoalSubmission.goal_id == goal.id,
            GoalSubmission.submission_no == goal.submission_count,
        )
    )
    return content


def _settled(goal: Goal) -> bool:
    return goal.disclosure_exemption is not None or goal.disclosed_version == goal.approved_version
