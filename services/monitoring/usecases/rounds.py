"""Opening a monitoring round (监控): one prefilled form for every approved goal it chooses."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.deadlines import report_by
from services.monitoring.domain.form_rows import CARRIED, CUMULATIVE_LEVELS, RATE_UNITS
from services.monitoring.domain.rounds import RoundStatus
from services.monitoring.errors import NothingToMonitor, RoundExists
from services.monitoring.schemas.rounds import RoundIn, Selection
from services.monitoring.tables import MonitoringRound
from shared.auth import Caller
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload
from shared.rulebook import Rule

_CHOSEN = text("""
    select g.goal_id, g.project_code from approved_goal g
    where g.region_code = :region_code and g.fiscal_year = :fiscal_year
      and (cast(:unit_codes as text[]) is null and cast(:department_codes as text[]) is null
           or g.unit_code = any (cast(:unit_codes as text[]))
           or g.department_code = any (cast(:department_codes as text[])))
      and (cast(:project_codes as text[]) is null
           or g.project_code = any (cast(:project_codes as text[])))
      and (g.is_key or not :key_only)
      and (cast(:categories as text[]) is null or g.category = any (cast(:categories as text[])))
      and (cast(:fund_levels as text[]) is null or exists (
            select from approved_fund b where b.region_code = g.region_code
              and b.goal_id = g.goal_id and b.amount > 0
              and b.fund_level = any (cast(:fund_levels as text[]))))
      and (cast(:amount_from as numeric) is null or cast(:amount_from as numeric) <= (
            select coalesce(sum(b.amount), 0) from approved_fund b
            where b.region_code = g.region_code and b.goal_id = g.goal_id
              and (cast(:fund_levels as text[]) is null
                   or b.fund_level = any (cast(:fund_levels as text[])))))
      and (cast(:previous_colours as text[]) is null or (
            select min(w.level) from warning w
            where w.region_code = g.region_code and w.project_code = g.project_code
              and w.round_id = (
                select r.id from monitoring_round r
                where r.region_code = g.region_code and r.period_to < :period_to
                  and exists (select from rule_run x
                              where x.region_code = r.region_code and x.round_id = r.id)
                order by r.period_to desc, r.id desc limit 1)
          ) = any (cast(:previous_colours as text[])))
      and (cast(:leave_out_sectors as text[]) is null
           or g.sector is null or g.sector <> all (cast(:leave_out_sectors as text[])))
      and (cast(:leave_out_project_codes as text[]) is null
           or g.project_code <> all (cast(:leave_out_project_codes as text[])))
    order by g.unit_code, g.project_code
""")

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

#: A budget that is paid out will not be paid out further: the forecast is what was paid.
_FORECASTS = text("""
    update monitoring_form f set executed_forecast = m.executed
    from (select x.form_id, sum(x.budget) as budget, sum(x.executed_to_date) as executed
          from monitoring_form y
          join form_fund x on x.region_code = y.region_code and x.form_id = y.id
          where y.region_code = :region_code and y.round_id = :round_id group by x.form_id) m
    where f.region_code = :region_code and f.round_id = :round_id and m.form_id = f.id
      and m.budget > 0 and m.executed >= m.budget
""")

#: Beside each target: what the last form that counts from the same day said of it.
_ROWS = text("""
    insert into form_row (region_code, form_id, position, level1, level2, name, operator,
                          target_value, target_text, unit_of_measure, deviation_causes,
                          previous_actual, previous_band, defaulted)
    select f.region_code, f.id, i.position, i.level1, i.level2, i.name, i.operator,
           i.target_value, i.target_text, i.unit_of_measure, '{}',
           last.actual_to_date, last.band, '{}'
    from monitoring_form f
    join approved_goal g on g.region_code = f.region_code and g.goal_id = f.goal_id
    cross join jsonb_to_recordset(g.indicators)
         as i(position int, level1 text, level2 text, name text, operator text,
              target_value numeric, target_text text, unit_of_measure text)
    left join lateral (
        select x.actual_to_date, x.band from monitoring_form e
        join monitoring_round r on r.region_code = e.region_code and r.id = e.round_id
        join form_row x on x.region_code = e.region_code and x.form_id = e.id
                       and x.level2 = i.level2 and x.name = i.name
        where e.region_code = f.region_code and e.project_code = f.project_code
          and e.status in ('submitted', 'accepted')
          and r.period_from = :period_from and r.period_to < :period_to
        order by r.period_to desc, r.id desc limit 1) last on true
    where f.region_code = :region_code and f.round_id = :round_id
""")

#: A figure that only grows and has reached its target needs no typing.
_REACHED = text("""
    update form_row x
    set actual_to_date = previous_actual, actual_forecast = previous_actual,
        likelihood = 'certain', defaulted = :defaulted
    from monitoring_form f
    where f.region_code = :region_code and f.round_id = :round_id
      and x.region_code = f.region_code and x.form_id = f.id
      and x.level2 = any (:cumulative_levels)
      and coalesce(x.unit_of_measure, '') <> all (:rate_units)
      and (x.operator = '=' and x.target_value <> 0 and x.previous_actual >= x.target_value
           or x.operator = '>=' and x.previous_actual >= x.target_value
           or x.operator = '>' and x.previous_actual > x.target_value)
""")


async def open_round(
    session: AsyncSession, order: RoundIn, deadlines: Rule, *, by: Caller, at: datetime
) -> UUID:
    """Open a round with its forms. Raises RoundExists, NothingToMonitor."""
    await _refuse_twice(session, by.region_code, order)
    goal_ids = await _chosen(session, order, by)
    monitoring = MonitoringRound(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(include={"fiscal_year", "name", "period_from", "period_to"}),
        due_on=order.due_on or _report_by(order.fiscal_year, deadlines),
        selection=order.selection.model_dump(mode="json", exclude_defaults=True),
        form_count=len(goal_ids),
        status=RoundStatus.OPEN,
        opened_by=by.subject,
        opened_at=at,
        row_version=1,
    )
    session.add(monitoring)
    await session.flush()
    await _prefill(session, monitoring, goal_ids)
    return monitoring.id


def _report_by(fiscal_year: int, deadlines: Rule) -> date:
    return report_by(fiscal_year, deadlines.on(date(fiscal_year, 12, 31)))


async def _chosen(session: AsyncSession, order: RoundIn, by: Caller) -> list[UUID]:
    wanted = order.selection
    values = {name: value or None for name, value in wanted if name != "key_only"}
    values |= {"region_code": by.region_code, "fiscal_year": order.fiscal_year}
    values |= {"period_to": order.period_to, "key_only": wanted.key_only}
    rows = (await session.execute(_CHOSEN, values)).all()
    _refuse_unknown(wanted, {row.project_code for row in rows})
    if not rows:
        raise NothingToMonitor(
            f"{order.fiscal_year} 年没有符合所选范围的已批复绩效目标"
            if wanted.model_fields_set
            else f"{order.fiscal_year} 年尚无已批复的绩效目标"
        )
    return [row.goal_id for row in rows]


def _refuse_unknown(wanted: Selection, found: set[str]) -> None:
    left_out = {*found, *wanted.leave_out_project_codes}
    errors = [
        FieldError(
            pointer=f"/selection/project_codes/{index}",
            code="project_not_chosen",
            detail=f"{code} 在该年度没有已批复的目标，或不符合其他条件",
            mend="请删去此项目，或放宽其他条件",
        )
        for index, code in enumerate(wanted.project_codes)
        if code not in left_out
    ]
    if errors:
        raise InvalidPayload(errors=errors[:50])


async def _prefill(
    session: AsyncSession, monitoring: MonitoringRound, goal_ids: Sequence[UUID]
) -> None:
    values = {
        "region_code": monitoring.region_code,
        "round_id": monitoring.id,
        "form_ids": [new_id() for _ in goal_ids],
        "goal_ids": goal_ids,
        "at": monitoring.opened_at,
        "period_from": monitoring.period_from,
        "period_to": monitoring.period_to,
        "defaulted": list(CARRIED),
        "cumulative_levels": list(CUMULATIVE_LEVELS),
        "rate_units": list(RATE_UNITS),
    }
    for statement in (_FORMS, _FUNDS, _FORECASTS, _ROWS, _REACHED):
        await session.execute(statement, values)


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
