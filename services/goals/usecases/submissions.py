"""报送: the unit's approver sends the form to the bureau, and may call it back before a review."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.goal_checks import Draft, Finding, Indicator, blocking, check
from services.goals.domain.goal_content import GoalContent, parsed
from services.goals.domain.goal_states import Status, Step, after_submission
from services.goals.errors import FourEyes, GoalNotSubmittable
from services.goals.queries.content import CONTENT
from services.goals.tables import GoalSubmission
from services.goals.usecases.attention import place_in_queue
from services.goals.usecases.steps import lock_goal, note
from shared.auth import Caller
from shared.clock import business_day
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
    """Send the goal to the bureau; blocking findings stop it. Who filled it in may not submit it."""
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.SUBMIT)
    if goal.drafted_by == by.subject:
        raise FourEyes("填报人不能自己审核报送")
    document = await session.scalar(_CONTENT, {"region_code": goal.region_code, "goal_id": goal.id})
    _require_submittable(parsed(document), rules, at)
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


def _require_submittable(content: GoalContent, rules: Mapping[str, Rule], at: datetime) -> None:
    rule = rules["goal-form"].on(business_day(at))
    findings = blocking(check(as_draft(content), rule))
    if findings:
        raise GoalNotSubmittable(
            f"有 {len(findings)} 处须先修改",
            errors=[_field_error(finding) for finding in findings],
            rule=RuleCited(rule_id=rule.label, article=rule.source.article),
        )


def as_draft(content: GoalContent) -> Draft:
    rows: Sequence[Indicator] = [
        Indicator(
            row.level1 or "",
            row.level2 or "",
            row.name or "",
            row.operator or "",
            row.target_value,
            row.target_text,
            row.unit_of_measure,
            row.weight or Decimal(0),
        )
        for row in content.annual
    ]
    return Draft(content.annual_goal or "", rows)


def _field_error(finding: Finding) -> FieldError:
    return FieldError(
        pointer=finding.pointer, code=finding.rule_id, detail=finding.message, mend=finding.mend
    )
