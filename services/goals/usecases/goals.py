"""Drafting, submitting and reviewing a goal (绩效目标的填报、报送、审核)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.coach import Context, Finding, blocking, check
from services.goals.domain.goal_content import GoalContent, Indicator
from services.goals.domain.goal_states import (
    ReviewGrade,
    Status,
    Step,
    StepRefused,
    after_review,
    needs_reason,
    require,
)
from services.goals.errors import (
    FourEyes,
    GoalExists,
    GoalNotSubmittable,
    GoalStateForbids,
    ReasonRequired,
)
from services.goals.schemas.goals import GoalDraft, GoalPatch, IndicatorIn, ReviewIn
from services.goals.tables import Goal, GoalIndicator, GoalStep, Project
from shared.auth import Caller
from shared.clock import business_day
from shared.db import lock_one, within
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import FieldError, NotFound, RuleCited
from shared.rulebook import Rule, Version


def check_draft(draft: GoalDraft, form: Version, coach: Version) -> list[Finding]:
    """Hold a draft against the form's rules; nothing is saved."""
    rows = [_indicator(row) for row in draft.indicators]
    return check(GoalContent(draft.annual_goal, None, rows), Context(), form=form, coach=coach)


async def draft_goal(session: AsyncSession, draft: GoalDraft, *, by: Caller, at: datetime) -> UUID:
    """Start the goal of a project for a year. Raises NotFound for a project not the caller's."""
    project = await session.scalar(
        within(select(Project), Project, by).where(Project.code == draft.project_code)
    )
    if project is None:
        raise NotFound("没有这个项目，或不属于本单位")
    if await _exists(session, by.region_code, draft):
        raise GoalExists(f"{draft.project_code} 的 {draft.fiscal_year} 年目标已在填报")
    goal = Goal(
        region_code=by.region_code,
        id=new_id(),
        project_code=project.code,
        unit_code=project.unit_code,
        fiscal_year=draft.fiscal_year,
        status=Status.DRAFT,
        annual_goal=draft.annual_goal,
        row_version=1,
        drafted_by=by.subject,
        updated_at=at,
    )
    session.add(goal)
    await session.flush()
    _add_indicators(session, goal, draft.indicators)
    note(session, goal, "draft", by=by, at=at)
    return goal.id


async def revise_goal(
    session: AsyncSession,
    goal_id: UUID,
    patch: GoalPatch,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Change a draft or a returned goal."""
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.REVISE)
    if "annual_goal" in patch.model_fields_set:
        goal.annual_goal = patch.annual_goal
    if "indicators" in patch.model_fields_set:
        await session.execute(
            delete(GoalIndicator).where(
                GoalIndicator.region_code == goal.region_code, GoalIndicator.goal_id == goal.id
            )
        )
        _add_indicators(session, goal, patch.indicators)
    goal.drafted_by = by.subject
    note(session, goal, "revise", by=by, at=at)


async def submit_goal(
    session: AsyncSession,
    goal_id: UUID,
    *,
    expected: Expected,
    rules: Mapping[str, Rule],
    by: Caller,
    at: datetime,
) -> None:
    """The unit's approver sends the goal to the bureau; blocking findings stop it."""
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.SUBMIT)
    if goal.drafted_by == by.subject:
        raise FourEyes("填报人不能自己审核报送")
    day = business_day(at)
    rule, coach = rules["goal-form"].on(day), rules["drafting-coach"].on(day)
    content = await _content(session, goal)
    findings = blocking(check(content, Context(), form=rule, coach=coach))
    if findings:
        raise GoalNotSubmittable(
            f"有 {len(findings)} 处须先修改",
            errors=[_field_error(finding) for finding in findings],
            rule=RuleCited(rule_id=rule.label, article=rule.source.article),
        )
    goal.status = Status.SUBMITTED
    goal.submitted_by = by.subject
    note(session, goal, "submit", by=by, at=at)


async def review_goal(
    session: AsyncSession,
    goal_id: UUID,
    review: ReviewIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """The business office's review: 优、良 pass, 中 returns, 差 rejects."""
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.REVIEW)
    grade = ReviewGrade(review.grade)
    if needs_reason(grade) and not review.reason:
        raise ReasonRequired(
            errors=[
                FieldError(
                    pointer="/reason",
                    code="missing",
                    detail="须写明退回理由",
                    mend="请说明哪里要改、怎么改",
                )
            ]
        )
    goal.status = after_review(grade)
    goal.reviewed_by = by.subject
    note(session, goal, "review", by=by, at=at, grade=grade, reason=review.reason)


async def lock_goal(
    session: AsyncSession, goal_id: UUID, *, by: Caller, expected: Expected, step: Step
) -> Goal:
    """The goal, locked; NotFound, 412 or GoalStateForbids when the step can't be taken."""
    goal = await lock_one(session, within(select(Goal), Goal, by).where(Goal.id == goal_id))
    expected.check(goal.row_version)
    try:
        require(goal.status, step)
    except StepRefused as error:
        raise GoalStateForbids(str(error)) from error
    return goal


def note(
    session: AsyncSession,
    goal: Goal,
    step: str,
    *,
    by: Caller,
    at: datetime,
    grade: str | None = None,
    reason: str | None = None,
) -> None:
    """Write the step into the goal's history and count its version up."""
    if step != "draft":
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
        )
    )


async def _exists(session: AsyncSession, region_code: str, draft: GoalDraft) -> bool:
    found = await session.scalar(
        select(Goal.id).where(
            Goal.region_code == region_code,
            Goal.project_code == draft.project_code,
            Goal.fiscal_year == draft.fiscal_year,
        )
    )
    return found is not None


def _add_indicators(session: AsyncSession, goal: Goal, rows: Sequence[IndicatorIn]) -> None:
    session.add_all(
        GoalIndicator(
            region_code=goal.region_code, goal_id=goal.id, position=position, **row.model_dump()
        )
        for position, row in enumerate(rows, start=1)
    )


async def _content(session: AsyncSession, goal: Goal) -> GoalContent:
    rows = await session.scalars(
        select(GoalIndicator)
        .where(GoalIndicator.region_code == goal.region_code, GoalIndicator.goal_id == goal.id)
        .order_by(GoalIndicator.position)
    )
    return GoalContent(goal.annual_goal, None, [_indicator(row) for row in rows])


def _indicator(row: IndicatorIn | GoalIndicator) -> Indicator:
    return Indicator(
        level1=row.level1,
        level2=row.level2,
        name=row.name,
        operator=row.operator,
        target_value=row.target_value,
        target_text=row.target_text,
        unit_of_measure=row.unit_of_measure,
        weight=row.weight,
    )


def _field_error(finding: Finding) -> FieldError:
    return FieldError(
        pointer=finding.pointer, code=finding.rule_id, detail=finding.message, mend=finding.mend
    )
