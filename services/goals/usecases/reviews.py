"""审核: the business office judges one submission, and may take its conclusion back."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.goal_review import (
    Opinion,
    ReviewRefused,
    Verdict,
    by_judgement,
    by_table,
)
from services.goals.domain.goal_states import ReviewGrade, Status, Step, after_review, needs_reason
from services.goals.errors import ReasonRequired, ReviewNotSound
from services.goals.schemas.reviews import RemarkIn, ReviewIn
from services.goals.tables import Goal, GoalReview, Project
from services.goals.usecases.attention import place_in_queue
from services.goals.usecases.steps import last_submitted, lock_goal, note
from shared.auth import Caller
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import FieldError, RuleCited
from shared.rulebook import Rule, Version


async def review_goal(
    session: AsyncSession,
    goal_id: UUID,
    review: ReviewIn,
    *,
    expected: Expected,
    rules: Mapping[str, Rule],
    by: Caller,
    at: datetime,
) -> None:
    """Judge the last submission: 优 passes, 良 is to be improved, 中 returns, 差 may not go on."""
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.REVIEW)
    rule = rules["goal-review"].on(date(goal.fiscal_year, 1, 1))
    is_key = await _is_key(session, goal)
    verdict = _verdict(review, rule, is_key=is_key)
    if needs_reason(verdict.grade) and not review.reason:
        raise ReasonRequired(errors=[_REASON_MISSING])
    session.add(
        GoalReview(
            region_code=goal.region_code,
            id=new_id(),
            goal_id=goal.id,
            submission_no=goal.submission_count,
            mode="quantitative" if is_key else "qualitative",
            grade=verdict.grade,
            total=verdict.total,
            items=_items(review, rule, is_key=is_key),
            remarks=await _remarks(session, goal, review),
            reason=review.reason,
            rule=rule.label,
            reviewed_by=by.subject,
            reviewed_at=at,
        )
    )
    goal.status = after_review(verdict.grade)
    goal.reviewed_by = by.subject
    note(session, goal, Step.REVIEW, by=by, at=at, grade=verdict.grade, reason=review.reason)


async def withdraw_review(
    session: AsyncSession,
    goal_id: UUID,
    reason: str,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Put a goal that passed, or was refused, before the business office again."""
    goal = await lock_goal(session, goal_id, by=by, expected=expected, step=Step.WITHDRAW_REVIEW)
    goal.status = Status.SUBMITTED
    goal.reviewed_by = None
    await place_in_queue(session, goal, at=at)
    note(session, goal, Step.WITHDRAW_REVIEW, by=by, at=at, reason=reason)


async def _is_key(session: AsyncSession, goal: Goal) -> bool:
    if goal.project_code is None:
        return False
    found = await session.scalar(
        select(Project.is_key).where(
            Project.region_code == goal.region_code, Project.code == goal.project_code
        )
    )
    return bool(found)


def _verdict(review: ReviewIn, rule: Version, *, is_key: bool) -> Verdict:
    opinions = [
        Opinion(item.code, item.score, item.grade and ReviewGrade(item.grade), item.opinion)
        for item in review.items
    ]
    claimed = None if review.grade is None else ReviewGrade(review.grade)
    try:
        if is_key:
            return by_table(opinions, claimed, rule)
        if claimed is None:
            raise ReviewRefused("/grade", "missing", "请给出审核结论", "优、良、中、差之一")
        return by_judgement(opinions, claimed, rule)
    except ReviewRefused as error:
        raise ReviewNotSound(
            str(error),
            errors=[
                FieldError(
                    pointer=error.pointer, code=error.code, detail=error.message, mend=error.mend
                )
            ],
            rule=RuleCited(rule_id=rule.label, article=rule.source.article),
        ) from error


def _items(review: ReviewIn, rule: Version, *, is_key: bool) -> list[dict[str, Any]]:
    values = rule.values or {}
    weights: Mapping[str, Decimal] = values["items"] if is_key else {}
    return [
        {
            **item.model_dump(mode="json"),
            "label": values["labels"][item.code],
            "weight": str(weights[item.code]) if is_key else None,
        }
        for item in review.items
    ]


async def _remarks(session: AsyncSession, goal: Goal, review: ReviewIn) -> list[dict[str, Any]]:
    """The remarks with the rows' names. Raises ReviewNotSound for a row the submission lacks."""
    if not review.remarks:
        return []
    content = await last_submitted(session, goal)
    names = {UUID(row["row_id"]): row["name"] for row in (content or {})["indicators"]}
    unknown = [i for i, remark in enumerate(review.remarks) if remark.row_id not in names]
    if unknown:
        raise ReviewNotSound(errors=[_no_such_row(index) for index in unknown])
    return [_remark(remark, names) for remark in review.remarks]


def _remark(remark: RemarkIn, names: Mapping[UUID, str | None]) -> dict[str, Any]:
    return {**remark.model_dump(mode="json"), "row_name": names[remark.row_id]}


def _no_such_row(index: int) -> FieldError:
    return FieldError(
        pointer=f"/remarks/{index}/row_id",
        code="unknown_row",
        detail="报送的表里没有这一行",
        mend="请取自目标的 indicators[].row_id",
    )


_REASON_MISSING = FieldError(
    pointer="/reason", code="missing", detail="须写明理由", mend="请说明哪里要改、怎么改"
)
