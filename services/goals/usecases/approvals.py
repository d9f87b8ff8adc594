"""批复: goals and their budget, or adjustments and the budget changes they go with, approved under
one document number, all of it or nothing. Set-based: ten thousand goals are one request."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.errors import (
    AmountDiffers,
    DocumentNoTaken,
)
from services.goals.queries.facts import APPROVED
from services.goals.schemas.approvals import BatchIn
from services.goals.schemas.events import GoalApproved
from services.goals.tables import ApprovalBatch
from services.goals.usecases.approval_grounds import ready_goals, require_grounds
from services.goals.usecases.budget_changes import (
    apply_budget_changes,
    keep_initial_budgets,
    lock_projects,
)
from shared.auth import Caller
from shared.feed import publish_selected
from shared.ids import new_id
from shared.rulebook import Rule

_AMOUNT = text("""
    select coalesce(sum(amount), 0) from (
        select amount from project_fund
        where region_code = :region_code and fiscal_year = :fiscal_year
          and project_code = any (:codes)
        union all
        select amount from budget_change_line
        where region_code = :region_code and change_id = any (:changes)) budget
""")

_VERSIONS = text("""
    insert into goal_version (region_code, goal_id, version_no, submission_no, batch_id,
                              budget_change_id, funds, approved_by, approved_at)
    select g.region_code, g.id, coalesce(g.approved_version, 0) + 1, g.submission_count, :batch_id,
           g.budget_change_id, coalesce(f.funds, '[]'), :by, :at
    from goal g
    left join (
        select project_code, jsonb_agg(jsonb_build_object('fund_level', fund_level,
                   'source', source, 'amount', amount::text) order by fund_level, source) as funds
        from project_fund
        where region_code = :region_code and fiscal_year = :fiscal_year group by project_code
    ) f on f.project_code = g.project_code
    where g.region_code = :region_code and g.id = any (:ids)
""")

_APPROVE = text("""
    update goal set status = 'approved', approved_version = coalesce(approved_version, 0) + 1,
                    approved_by = :by, batch_id = :batch_id, budget_change_id = null,
                    row_version = row_version + 1, updated_at = :at
    where region_code = :region_code and id = any (:ids)
""")

_STEPS = text("""
    insert into goal_step (region_code, id, goal_id, step, by, at, reason, submission_no, version_no)
    select g.region_code, s.step_id, g.id, :step, :by, :at, cast(:reason as text),
           nullif(g.submission_count, 0), g.approved_version
    from unnest(cast(:step_ids as uuid[]), cast(:ids as uuid[])) as s(step_id, goal_id)
    join goal g on g.region_code = :region_code and g.id = s.goal_id
""")

_AMOUNTS = text("""
    select g.unit_code, count(*) as goals, coalesce(sum(a.amount), 0) as amount
    from goal g
    join goal_version v on v.region_code = g.region_code and v.goal_id = g.id
                       and v.batch_id = :batch_id
    left join lateral (select sum((f ->> 'amount')::numeric) as amount
                       from jsonb_array_elements(v.funds) f) a on true
    where g.region_code = :region_code group by g.unit_code order by g.unit_code
""")

_NOTICES = text("""
    insert into notice (region_code, id, unit_code, batch_id, goal_count, amount, sent_at)
    values (:region_code, :id, :unit_code, :batch_id, :goal_count, :amount, :sent_at)
""")


async def approve_batch(
    session: AsyncSession, order: BatchIn, *, rules: Mapping[str, Rule], by: Caller, at: datetime
) -> UUID:
    """Approve goals with their budget under one document number, all or none; each unit is told."""
    await _refuse_taken(session, by.region_code, order.document_no)
    goals = await ready_goals(session, order, by=by)
    codes = [goal.project_code for goal in goals if goal.project_code]
    await lock_projects(session, by.region_code, codes)  # nobody changes a budget meanwhile
    await require_grounds(session, order, goals, rules["ex-ante"], by)
    ids = [goal.id for goal in goals]
    batch = ApprovalBatch(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(exclude={"goal_ids", "goals", "amount"}),
        approved_by=by.subject,
        goal_count=len(ids),
        adjustment_count=sum(goal.adjusts for goal in goals),
        amount=await _amount(session, order, goals, by=by),
        created_at=at,
    )
    session.add(batch)
    await session.flush()
    await _approve_budgets(session, order, goals, batch, at)
    values = {
        "region_code": by.region_code,
        "fiscal_year": order.fiscal_year,
        "batch_id": batch.id,
        "ids": ids,
        "by": by.subject,
        "at": at,
    }
    await session.execute(_VERSIONS, values)
    await session.execute(_APPROVE, values)
    await note_all(session, "approve", ids, by=by, at=at, reason=order.document_no)
    await _tell_units(session, batch, at)
    await publish_selected(session, GoalApproved, APPROVED, values, count=len(ids), at=at)
    return batch.id


async def note_all(
    session: AsyncSession, step: str, ids: Sequence[UUID], *, by: Caller, at: datetime, reason: str
) -> None:
    """Write one step into the history of each goal."""
    values = {"region_code": by.region_code, "by": by.subject, "at": at, "reason": reason}
    step_ids = [new_id() for _ in ids]
    await session.execute(_STEPS, {**values, "step": step, "ids": ids, "step_ids": step_ids})


async def _approve_budgets(
    session: AsyncSession,
    order: BatchIn,
    goals: Sequence[Row[Any]],
    batch: ApprovalBatch,
    at: datetime,
) -> None:
    first = [goal.project_code for goal in goals if goal.project_code and not goal.adjusts]
    changes = [goal.budget_change_id for goal in goals if goal.adjusts]
    if first:
        await keep_initial_budgets(
            session, batch.region_code, order.fiscal_year, first, batch_id=batch.id
        )
    if changes:
        await apply_budget_changes(session, batch.region_code, changes, batch_id=batch.id, at=at)


async def _amount(
    session: AsyncSession, order: BatchIn, goals: Sequence[Row[Any]], *, by: Caller
) -> Decimal:
    """The budget of all the projects with the changes approved here. Raises AmountDiffers."""
    values = {
        "region_code": by.region_code,
        "fiscal_year": order.fiscal_year,
        "codes": [goal.project_code for goal in goals if goal.project_code],
        "changes": [goal.budget_change_id for goal in goals if goal.adjusts],
    }
    amount = Decimal(await session.scalar(_AMOUNT, values) or 0)
    if order.amount is not None and order.amount != amount:
        raise AmountDiffers(f"批复文所列 {order.amount} 元，系统内合计 {amount} 元")
    return amount


async def _tell_units(session: AsyncSession, batch: ApprovalBatch, at: datetime) -> None:
    """A notice to each unit: how many goals, what amount."""
    values = {"region_code": batch.region_code, "batch_id": batch.id}
    units = (await session.execute(_AMOUNTS, values)).all()
    notices = [
        {
            **values,
            "id": new_id(),
            "unit_code": unit.unit_code,
            "goal_count": unit.goals,
            "amount": unit.amount,
            "sent_at": at,
        }
        for unit in units
    ]
    await session.execute(_NOTICES, notices)


async def _refuse_taken(session: AsyncSession, region_code: str, document_no: str) -> None:
    taken = await session.scalar(
        select(ApprovalBatch.id).where(
            ApprovalBatch.region_code == region_code, ApprovalBatch.document_no == document_no
        )
    )
    if taken is not None:
        raise DocumentNoTaken(document_no)
