"""招标结果: pushed by the budget or procurement system; every report is kept."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.schemas.tenders import TenderRow
from services.monitoring.usecases.execution_years import hold_years
from shared.auth import Caller
from shared.bulk import Rows, as_jsonb, upsert

_REPORT = text("""
    insert into tender (region_code, fiscal_year, project_code, version, tender_on, reported_by,
                        reported_at)
    select :region_code, r.fiscal_year, r.project_code, coalesce(l.version, 0) + 1, r.tender_on,
           :by, :at
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(project_code text, fiscal_year int, tender_on date)
    left join lateral (
        select t.version, t.tender_on from tender t
        where t.region_code = :region_code and t.fiscal_year = r.fiscal_year
          and t.project_code = r.project_code
        order by t.version desc limit 1) l on true
    where l.tender_on is distinct from r.tender_on
    returning project_code || '/' || fiscal_year as key, version = 1 as inserted
""")


def key_of(row: TenderRow) -> str:
    """项目编码/年度: what a repeat is known by."""
    return f"{row.project_code}/{row.fiscal_year}"


async def import_tenders(
    session: AsyncSession, rows: Rows[TenderRow], *, by: Caller, at: datetime
) -> None:
    """Keep a new report of each day that differs from the one that holds."""
    years = {(row.project_code, row.fiscal_year) for row in rows.models}
    await hold_years(session, by.region_code, years)
    values = {"region_code": by.region_code, "rows": as_jsonb(rows.models)}
    rows.settle(await upsert(session, _REPORT, **values, by=by.subject, at=at))
