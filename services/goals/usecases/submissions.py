"""报送: the unit's approver sends the form to the bureau, and may call it back before a review."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.coach import Finding, blocking
from services.goals.domain.goal_content import GoalContent, parsed
from services.goals.domain.goal_states import Status, Step, after_submission
from services.goals.errors import FourEyes, GoalNotSubmittable, NothingImproved
from services.goals.queries.content import CONTENT
from services.goals.tables import Goal, GoalSubmission
from services.goals.usecases.attention import place_in_queue
from services.goals.usecases.coaching import Subject, coached
from services.goals.usecases.steps import last_submitted, lock_goal, note
from shared.auth import Caller
from shared.db import TransactionReads
from shared.etags import Expected
from shared.problems import FieldError, RuleCited
from shared.rulebook import Rule

_CONTENT = text(f"""
    select {CONTENT} from goal g where g.region_code = :region_code and g.id = :goal_id
""")


async def submit_goal(
    session: AsyncSession,
    goal_id: UUID,
    *,
    expected: Expected,
    rules: Mapping[str, Rule],
    by: Caller,
    at: datetime,
) -> None:
    """Send the goal to the bureau; blocking findings stop it. Who filled it in may not submit it.

    What is to be improved passes without a second look, so it has to differ from what was reviewed.
    """
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.SUBMIT)
    if goal.drafted_by == by.subject:
        raise FourEyes("填报人不能自己审核报送")
    document = await session.scalar(_CONTENT, {"region_code": goal.region_code, "goal_id": goal.id})
    if goal.status == Status.IMPROVING and document == await last_submitted(session, goal):
        raise NothingImproved("请按审核意见（reviews）完善后再报送")
    await _require_submittable(session, goal, parsed(document), rules)
    goal.submission_count += 1
    session.add(
        GoalSubmission(
            region_code=goal.region_code,
            goal_id=goal.id,
            submission_no=goal.submission_count,
            content=document,
            submitted_by=by.subject,
            submitted_at=at,
        )
    )
    goal.status = after_submission(goal.status)
    goal.submitted_by = by.subject
    await place_in_queue(session, goal, at=at)
    note(session, goal, Step.SUBMIT, by=by, at=at)


async def recall_goal(
    session: AsyncSession,
    goal_id: UUID,
    reason: str,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Take a submission back before the bureau has reviewed it."""
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.RECALL)
    goal.status = Status.DRAFT
    note(session, goal, Step.RECALL, by=by, at=at, reason=reason)


async def _require_submittable(
    session: AsyncSession, goal: Goal, content: GoalContent, rules: Mapping[str, Rule]
) -> None:
    unit_code = goal.unit_code if goal.kind == "department" else None
    subject = Subject(goal.region_code, goal.project_code, unit_code, goal.fiscal_year)
    found = await coached(TransactionReads(session), rules, content, subject)
    findings = blocking(found.findings)
    if findings:
        raise GoalNotSubmittable(
            f"有 {len(findings)} 处须先修改",
            errors=[_field_error(finding) for finding in findings],
            rule=RuleCited(rule_id=found.form.label, article=found.form.source.article),
        )


def _field_error(finding: Finding) -> FieldError:
    return FieldError(
        pointer=finding.pointer, code=finding.rule_id, detail=finding.message, mend=finding.mend
    )
