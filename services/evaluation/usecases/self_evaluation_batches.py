"""Opening self-evaluations (布置自评), each prefilled from its approved goal."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.rules import Rules
from services.evaluation.domain.year_rules import profile_of
from services.evaluation.errors import NothingToSelfEvaluate, RuleNotInForce
from services.evaluation.schemas.self_evaluations import BatchIn
from services.evaluation.tables import SelfEvaluationBatch
from shared.auth import Caller
from shared.ids import new_id
from shared.rulebook import NoRuleInForce

_WAITING = text("""
    select goal_id from approved_goal g
    where region_code = :region_code and fiscal_year = :fiscal_year
      and not exists (select from self_evaluation s where s.region_code = g.region_code
                      and s.project_code = g.project_code and s.fiscal_year = g.fiscal_year)
    order by project_code
""")

_OPEN = text("""
    insert into self_evaluation (region_code, id, batch_id, goal_id, goal_version, project_code,
        project_name, unit_code, unit_name, fiscal_year, due_on, status, annual_goal,
        row_version, updated_at)
    select g.region_code, n.id, :batch_id, g.goal_id, g.version, g.project_code, g.project_name,
           g.unit_code, g.unit_name, g.fiscal_year, :due_on, 'open', g.annual_goal, 1, :at
    from unnest(cast(:ids as uuid[]), cast(:goal_ids as uuid[])) as n(id, goal_id)
    join approved_goal g on g.region_code = :region_code and g.goal_id = n.goal_id
    on conflict (region_code, project_code, fiscal_year) do nothing
    returning id
""")

_PREFILL = text("""
    insert into self_evaluation_row (region_code, self_evaluation_id, position, level1, level2,
        name, operator, target_value, target_text, unit_of_measure, weight)
    select s.region_code, s.id, i.position, i.level1, i.level2, i.name, i.operator,
           i.target_value, i.target_text, i.unit_of_measure, i.weight
    from self_evaluation s
    join approved_goal g on g.region_code = s.region_code and g.goal_id = s.goal_id,
         jsonb_to_recordset(g.indicators) as i(position int, level1 text, level2 text, name text,
             operator text, target_value numeric, target_text text, unit_of_measure text,
             weight numeric)
    where s.region_code = :region_code and s.id = any (:ids)
""")


async def open_batch(
    session: AsyncSession, order: BatchIn, *, rules: Rules, by: Caller, at: datetime
) -> UUID:
    """Open a form for each approved goal of the year that has none, prefilled from the goal."""
    try:
        profile_of(rules, by.region_code, order.fiscal_year)
    except NoRuleInForce as error:
        raise RuleNotInForce(f"{order.fiscal_year} 年没有适用的自评计分规则") from error
    year = {"region_code": by.region_code, "fiscal_year": order.fiscal_year}
    goal_ids = list(await session.scalars(_WAITING, year))
    batch = SelfEvaluationBatch(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(),
        created=0,
        opened_by=by.subject,
        opened_at=at,
    )
    session.add(batch)
    await session.flush()
    values = {"region_code": by.region_code, "batch_id": batch.id}
    ids = [new_id() for _ in goal_ids]
    opened = await session.execute(
        _OPEN, {**values, "due_on": order.due_on, "at": at, "ids": ids, "goal_ids": goal_ids}
    )
    batch.created = len(opened.all())
    if not batch.created:
        raise NothingToSelfEvaluate(f"{order.fiscal_year} 年没有批复的目标，或都已布置")
    await prefill(session, by.region_code, ids)
    return batch.id


async def prefill(session: AsyncSession, region_code: str, form_ids: Sequence[UUID]) -> None:
    """Give forms without rows the indicators of their approved goals."""
    await session.execute(_PREFILL, {"region_code": region_code, "ids": list(form_ids)})
