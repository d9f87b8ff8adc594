"""Opening a monitoring round (监控): one form for every approved goal of the year."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.errors import NothingToMonitor, RoundExists
from services.monitoring.schemas.forms import RoundIn
from services.monitoring.tables import ApprovedGoal, MonitoringRound
from shared.auth import Caller
from shared.ids import new_id

_FORMS = text("""
    insert into monitoring_form (region_code, id, round_id, goal_id, project_code, project_name,
                                 unit_code, unit_name, fiscal_year, status, annual_goal,
                                 row_version, updated_at)
    select g.region_code, f.form_id, :round_id, g.goal_id, g.project_code, g.project_name,
           g.unit_code, g.unit_name, g.fiscal_year, 'open', g.annual_goal, 1, :at
    from unnest(cast(:form_ids as uuid[]), cast(:goal_ids as uuid[])) as f(form_id, goal_id)
    join approved_goal g on g.region_code = :region_code and g.goal_id = f.goal_id
""")

_FUNDS = text("""
    insert into form_fund (region_code, form_id, fund_level, budget, executed_to_date)
    select region_code, form_id, fund_level, sum(budget), sum(executed)
    from (select f.region_code, f.id as form_id, b.fund_level, b.amount as budget, 0 as executed
          from monitoring_form f
          join approved_fund b on b.region_code = f.region_code and b.goal_id = f.goal_id
          where f.region_code = :region_code and f.round_id = :round_id
          union all
          select f.region_code, f.id, p.fund_level, 0, p.amount
          from monitoring_form f
          join payment p on p.region_code = f.region_code and p.project_code = f.project_code
                        and p.fiscal_year = f.fiscal_year
          where f.region_code = :region_code and f.round_id = :round_id
            and p.paid_on between :period_from and :period_to) as both_sides
    group by region_code, form_id, fund_level
""")

_ROWS = text("""
    insert into form_row (region_code, form_id, position, level1, level2, name, operator,
                          target_value, target_text, unit_of_measure, deviation_causes)
    select f.region_code, f.id, i.position, i.level1, i.level2, i.name, i.operator,
           i.target_value, i.target_text, i.unit_of_measure, '{}'
    from monitoring_form f
    join approved_goal g on g.region_code = f.region_code and g.goal_id = f.goal_id
    cross join jsonb_to_recordset(g.indicators)
         as i(position int, level1 text, level2 text, name text, operator text,
              target_value numeric, target_text text, unit_of_measure text)
    where f.region_code = :region_code and f.round_id = :round_id
""")


async def open_round(session: AsyncSession, order: RoundIn, *, by: Caller, at: datetime) -> UUID:
    """Open a round with its forms. Raises RoundExists, NothingToMonitor."""
    await _refuse_twice(session, by.region_code, order)
    goals = await session.scalars(
        select(ApprovedGoal.goal_id)
        .where(
            ApprovedGoal.region_code == by.region_code,
            ApprovedGoal.fiscal_year == order.fiscal_year,
        )
        .order_by(ApprovedGoal.unit_code, ApprovedGoal.project_code)
    )
    goal_ids = list(goals)
    if not goal_ids:
        raise NothingToMonitor(f"{order.fiscal_year} 年尚无已批复的绩效目标")
    monitoring = MonitoringRound(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(),
        form_count=len(goal_ids),
        opened_by=by.subject,
        opened_at=at,
    )
    session.add(monitoring)
    await session.flush()
    values = {"region_code": by.region_code, "round_id": monitoring.id}
    form_ids = [new_id() for _ in goal_ids]
    await session.execute(_FORMS, {**values, "form_ids": form_ids, "goal_ids": goal_ids, "at": at})
    period = {"period_from": order.period_from, "period_to": order.period_to}
    await session.execute(_FUNDS, {**values, **period})
    await session.execute(_ROWS, values)
    return monitoring.id


async def _refuse_twice(session: AsyncSession, region_code: str, order: RoundIn) -> None:
    found = await session.scalar(
        select(MonitoringRound.id).where(
            MonitoringRound.region_code == region_code,
            MonitoringRound.fiscal_year == order.fiscal_year,
            MonitoringRound.name == order.name,
        )
    )
    if found is not None:
        raise RoundExists(f"{order.fiscal_year} 年已有“{order.name}”")
