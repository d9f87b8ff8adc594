"""用款计划: filed by the unit or pushed by the budget system; every version is kept."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.schemas.payment_plans import PaymentPlanIn, PaymentPlanRow
from services.monitoring.tables import ApprovedGoal, PaymentPlan
from services.monitoring.usecases.execution_years import hold_years
from shared.auth import Caller
from shared.bulk import Rows, Stored, as_jsonb, upsert
from shared.db import within
from shared.etags import PutExpected
from shared.problems import NotFound

_FILE = text("""
    insert into payment_plan (region_code, fiscal_year, project_code, version,
                              planned_pct_by_month, filed_by, filed_at)
    select :region_code, r.fiscal_year, r.project_code, coalesce(l.version, 0) + 1,
           r.planned_pct_by_month, :by, :at
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(project_code text, fiscal_year int, planned_pct_by_month numeric[])
    left join lateral (
        select p.version, p.planned_pct_by_month from payment_plan p
        where p.region_code = :region_code and p.fiscal_year = r.fiscal_year
          and p.project_code = r.project_code
        order by p.version desc limit 1) l on true
    where l.planned_pct_by_month is distinct from r.planned_pct_by_month
    returning project_code || '/' || fiscal_year as key, version = 1 as inserted
""")


def key_of(row: PaymentPlanRow) -> str:
    """项目编码/年度: what a repeat is known by."""
    return f"{row.project_code}/{row.fiscal_year}"


async def import_plans(
    session: AsyncSession, rows: Rows[PaymentPlanRow], *, by: Caller, at: datetime
) -> None:
    """File a new version of each plan that differs from the one in force."""
    rows.settle(await _file(session, rows.models, by=by, at=at))


async def put_plan(
    session: AsyncSession,
    project_code: str,
    fiscal_year: int,
    order: PaymentPlanIn,
    *,
    expected: PutExpected,
    by: Caller,
    at: datetime,
) -> bool:
    """File the unit's plan for its approved project; says whether it is the first. Raises NotFound."""
    goal = select(ApprovedGoal.goal_id).where(
        ApprovedGoal.project_code == project_code, ApprovedGoal.fiscal_year == fiscal_year
    )
    if await session.scalar(within(goal, ApprovedGoal, by)) is None:
        raise NotFound
    await hold_years(session, by.region_code, [(project_code, fiscal_year)])
    version = await session.scalar(
        select(func.max(PaymentPlan.version)).where(
            PaymentPlan.region_code == by.region_code,
            PaymentPlan.fiscal_year == fiscal_year,
            PaymentPlan.project_code == project_code,
        )
    )
    expected.check(version)
    row = PaymentPlanRow(project_code=project_code, fiscal_year=fiscal_year, **dict(order))
    await _file(session, [row], by=by, at=at)
    return version is None


async def _file(
    session: AsyncSession, plans: Sequence[PaymentPlanRow], *, by: Caller, at: datetime
) -> dict[str, Stored]:
    years = {(row.project_code, row.fiscal_year) for row in plans}
    await hold_years(session, by.region_code, years)
    values = {"region_code": by.region_code, "rows": as_jsonb(plans), "by": by.subject, "at": at}
    return await upsert(session, _FILE, **values)
