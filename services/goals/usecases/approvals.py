"""批复与公开: goals approved together with the budget, then published by their unit."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.errors import DocumentNoTaken, FourEyes, NothingToApprove, NothingToDisclose
from services.goals.schemas.events import GoalApproved, GoalDisclosed
from services.goals.schemas.goals import BatchIn, DisclosureIn
from services.goals.tables import ApprovalBatch, Disclosure
from shared.auth import Caller, Resource
from shared.feed import publish
from shared.ids import new_id
from shared.problems import NotFound

_READY = text("""
    select id, reviewed_by from goal
    where region_code = :region_code and fiscal_year = :fiscal_year and status = 'reviewed'
      and (cast(:ids as uuid[]) is null or id = any (:ids))
    order by id for update
""")

_AMOUNT = text("""
    select coalesce(sum(f.amount), 0) from project_fund f
    join goal g on g.region_code = f.region_code and g.project_code = f.project_code
               and g.fiscal_year = f.fiscal_year
    where g.region_code = :region_code and g.id = any (:ids)
""")

_APPROVE = text("""
    update goal set status = 'approved', approved_by = :by, batch_id = :batch_id,
                    row_version = row_version + 1, updated_at = :at
    where region_code = :region_code and id = any (:ids)
""")

_STEPS = text("""
    insert into goal_step (region_code, id, goal_id, step, by, at, reason)
    select :region_code, step_id, goal_id, :step, :by, :at, cast(:reason as text)
    from unnest(cast(:step_ids as uuid[]), cast(:ids as uuid[])) as s(step_id, goal_id)
""")

_SNAPSHOT = text("""
    select g.id as goal_id, g.row_version as version, g.project_code, p.name as project_name,
           g.unit_code, u.name as unit_name, u.department_code, u.office, g.fiscal_year,
           b.document_no, b.approved_on, p.category, g.annual_goal, p.synthetic,
           (select coalesce(json_agg(json_build_object(
                'fund_level', f.fund_level, 'amount', f.amount::text) order by f.fund_level), '[]')
            from project_fund f where f.region_code = g.region_code
             and f.project_code = g.project_code and f.fiscal_year = g.fiscal_year)::text as funds,
           (select coalesce(json_agg(json_build_object(
                'position', i.position, 'level1', i.level1, 'level2', i.level2, 'name', i.name,
                'operator', i.operator, 'target_value', trim_scale(i.target_value)::text,
                'target_text', i.target_text, 'unit_of_measure', i.unit_of_measure,
                'weight', trim_scale(i.weight)::text) order by i.position), '[]')
            from goal_indicator i
            where i.region_code = g.region_code and i.goal_id = g.id)::text as indicators
    from goal g
    join approval_batch b on b.region_code = g.region_code and b.id = g.batch_id
    join project p on p.region_code = g.region_code and p.code = g.project_code
    join unit u on u.region_code = g.region_code and u.code = g.unit_code
    where g.region_code = :region_code and g.batch_id = :batch_id order by g.id
""")

_DISCLOSE = text("""
    update goal set disclosure_id = :disclosure_id, row_version = row_version + 1, updated_at = :at
    where region_code = :region_code and unit_code = :unit_code and fiscal_year = :fiscal_year
      and status = 'approved' and disclosure_id is null
    returning id, row_version
""")


async def approve_batch(session: AsyncSession, order: BatchIn, *, by: Caller, at: datetime) -> UUID:
    """Approve goals and their budget under one document number, all or none."""
    await _refuse_taken(session, by.region_code, order.document_no)
    ids = await _ready_goals(session, order, by=by)
    batch = ApprovalBatch(
        region_code=by.region_code,
        id=new_id(),
        document_no=order.document_no,
        fiscal_year=order.fiscal_year,
        approved_on=order.approved_on,
        approved_by=by.subject,
        goal_count=len(ids),
        amount=await session.scalar(_AMOUNT, {"region_code": by.region_code, "ids": ids}),
        created_at=at,
    )
    session.add(batch)
    await session.flush()
    values = {"region_code": by.region_code, "ids": ids, "by": by.subject, "at": at}
    await session.execute(_APPROVE, {**values, "batch_id": batch.id})
    await _note_all(session, "approve", values, reason=order.document_no)
    rows = await session.execute(_SNAPSHOT, {"region_code": by.region_code, "batch_id": batch.id})
    facts = [_approved(dict(row)) for row in rows.mappings()]
    await publish(session, by.region_code, *facts, at=at)
    return batch.id


async def disclose(session: AsyncSession, order: DisclosureIn, *, by: Caller, at: datetime) -> UUID:
    """Record that the unit has published its approved goals. Raises NothingToDisclose."""
    if not by.reaches(Resource(by.region_code, order.unit_code)):
        raise NotFound("没有这个单位，或不属于您")
    disclosure = Disclosure(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(),
        disclosed_by=by.subject,
        goal_count=0,
        created_at=at,
    )
    session.add(disclosure)
    await session.flush()
    values = {"region_code": by.region_code, "at": at}
    rows = (
        await session.execute(
            _DISCLOSE,
            {
                **values,
                "disclosure_id": disclosure.id,
                "unit_code": order.unit_code,
                "fiscal_year": order.fiscal_year,
            },
        )
    ).all()
    if not rows:
        raise NothingToDisclose(f"{order.unit_code} 在 {order.fiscal_year} 年没有待公开的目标")
    disclosure.goal_count = len(rows)
    ids = [row.id for row in rows]
    await _note_all(session, "disclose", {**values, "ids": ids, "by": by.subject}, order.url)
    facts = [
        GoalDisclosed(
            goal_id=row.id, version=row.row_version, disclosed_on=order.disclosed_on, url=order.url
        )
        for row in rows
    ]
    await publish(session, by.region_code, *facts, at=at)
    return disclosure.id


async def _ready_goals(session: AsyncSession, order: BatchIn, *, by: Caller) -> list[UUID]:
    wanted = order.goal_ids
    rows = (
        await session.execute(
            _READY,
            {"region_code": by.region_code, "fiscal_year": order.fiscal_year, "ids": wanted},
        )
    ).all()
    if not rows or (wanted is not None and len(rows) != len(set(wanted))):
        raise NothingToApprove("所列目标中有的未通过审核或不存在" if wanted else None)
    if any(row.reviewed_by == by.subject for row in rows):
        raise FourEyes("审核人不能批复自己审核的目标")
    return [row.id for row in rows]


async def _refuse_taken(session: AsyncSession, region_code: str, document_no: str) -> None:
    taken = await session.scalar(
        select(ApprovalBatch.id).where(
            ApprovalBatch.region_code == region_code, ApprovalBatch.document_no == document_no
        )
    )
    if taken is not None:
        raise DocumentNoTaken(document_no)


async def _note_all(
    session: AsyncSession, step: str, values: Mapping[str, Any], reason: str | None
) -> None:
    ids: Sequence[UUID] = values["ids"]
    await session.execute(
        _STEPS, {**values, "step": step, "step_ids": [new_id() for _ in ids], "reason": reason}
    )


def _approved(row: Mapping[str, Any]) -> GoalApproved:
    funds, indicators = orjson.loads(row["funds"]), orjson.loads(row["indicators"])
    return GoalApproved.model_validate({**row, "funds": funds, "indicators": indicators})
