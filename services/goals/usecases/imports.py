"""Units and projects as the budget system pushes them: set-based, safe to repeat."""

from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.schemas.directory import ProjectRow, UnitRow
from services.goals.schemas.events import UnitRegistered
from shared.auth import Caller
from shared.bulk import Rows, as_jsonb, upsert
from shared.feed import publish
from shared.problems import FieldError

_UNITS = text("""
    insert into unit (region_code, code, name, department_code, office, synthetic,
                      row_version, updated_at)
    select :region_code, r.code, r.name, r.department_code, r.office, r.synthetic, 1, :at
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(code text, name text, department_code text, office text, synthetic boolean)
    on conflict (region_code, code) do update
    set name = excluded.name, department_code = excluded.department_code,
        office = excluded.office, synthetic = excluded.synthetic,
        row_version = unit.row_version + 1, updated_at = excluded.updated_at
    where (unit.name, unit.department_code, unit.office, unit.synthetic)
          is distinct from
          (excluded.name, excluded.department_code, excluded.office, excluded.synthetic)
    returning code as key, xmax = 0 as inserted
""")

_PROJECTS = text("""
    insert into project (region_code, code, name, unit_code, category, kind, spending_kind, is_key, synthetic,
                         row_version, updated_at)
    select :region_code, r.code, r.name, r.unit_code, r.category, r.kind, 'other', false, r.synthetic, 1, :at
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(code text, name text, unit_code text, category text, kind text, synthetic boolean)
    on conflict (region_code, code) do update
    set name = excluded.name, unit_code = excluded.unit_code, category = excluded.category,
        kind = excluded.kind, synthetic = excluded.synthetic,
        row_version = project.row_version + 1, updated_at = excluded.updated_at
    where (project.name, project.unit_code, project.category, project.kind, project.synthetic)
          is distinct from (excluded.name, excluded.unit_code, excluded.category, excluded.kind,
                            excluded.synthetic)
    returning code as key, xmax = 0 as inserted
""")

_SENT_FUNDS = """
    with sent as (
        select r.code as project_code, r.fiscal_year, f.fund_level, f.amount
        from jsonb_to_recordset(cast(:rows as jsonb)) as r(code text, fiscal_year int, funds jsonb),
             jsonb_to_recordset(r.funds) as f(fund_level text, amount numeric))
"""

_DROP_FUNDS = text(f"""{_SENT_FUNDS}
    delete from project_fund f
    using (select distinct project_code, fiscal_year from sent) s
    where f.region_code = :region_code and f.project_code = s.project_code
      and f.fiscal_year = s.fiscal_year
      and (f.project_code, f.fiscal_year, f.fund_level) not in
          (select project_code, fiscal_year, fund_level from sent)
    returning f.project_code
""")

_FUNDS = text(f"""{_SENT_FUNDS}
    insert into project_fund (region_code, project_code, fiscal_year, fund_level, source, amount)
    select :region_code, project_code, fiscal_year, fund_level, 'appropriation', amount from sent
    on conflict (region_code, project_code, fiscal_year, fund_level, source) do update
    set amount = excluded.amount where project_fund.amount <> excluded.amount
    returning project_code
""")

_TOUCH = text("""
    update project set row_version = row_version + 1, updated_at = :at
    where region_code = :region_code and code = any (:codes)
""")

_UNIT_VERSIONS = text("""
    select code, row_version from unit where region_code = :region_code and code = any (:codes)
""")


async def import_units(
    session: AsyncSession, rows: Rows[UnitRow], *, by: Caller, at: datetime
) -> None:
    """Create or update units; each change is published."""
    statuses = await upsert(
        session, _UNITS, region_code=by.region_code, rows=as_jsonb(rows.models), at=at
    )
    rows.settle(statuses)
    versions = await session.execute(
        _UNIT_VERSIONS, {"region_code": by.region_code, "codes": list(statuses)}
    )
    units = {unit.code: unit for unit in rows.models}
    facts = [
        UnitRegistered(**units[row.code].model_dump(), version=row.row_version) for row in versions
    ]
    await publish(session, by.region_code, *facts, at=at)


async def import_projects(
    session: AsyncSession, rows: Rows[ProjectRow], *, by: Caller, at: datetime
) -> None:
    """Create or update projects and their budget of one year; funds not sent are removed."""
    units = {row.unit_code for row in rows.models}
    known = set(
        await session.scalars(
            text("select code from unit where region_code = :region_code and code = any (:codes)"),
            {"region_code": by.region_code, "codes": list(units)},
        )
    )
    rows.refuse(lambda row: None if row.unit_code in known else _unknown_unit(row.unit_code))
    rows.refuse(lambda row: _fund_twice(row) or _wrong_category(row))
    values = {"region_code": by.region_code, "rows": as_jsonb(rows.models)}
    statuses = await upsert(session, _PROJECTS, **values, at=at)
    funded = {row.project_code for row in await session.execute(_DROP_FUNDS, values)}
    funded |= {row.project_code for row in await session.execute(_FUNDS, values)}
    refunded = funded - statuses.keys()
    await session.execute(
        _TOUCH, {"region_code": by.region_code, "codes": list(refunded), "at": at}
    )
    rows.settle({**dict.fromkeys(refunded, "updated"), **statuses})


def _unknown_unit(code: str) -> FieldError:
    return FieldError(
        pointer="/unit_code", code="unknown_unit", detail=f"没有单位 {code}", mend="请先推送该单位"
    )


def _fund_twice(row: ProjectRow) -> FieldError | None:
    levels = [fund.fund_level for fund in row.funds]
    if len(set(levels)) == len(levels):
        return None
    return FieldError(
        pointer="/funds", code="fund_level_twice", detail="同一资金级次出现两次", mend="请合并"
    )


def _wrong_category(row: ProjectRow) -> FieldError | None:
    letters = {"personnel": "R", "operation": "Y", "specific": "T"}
    if row.code[8] == letters[row.category]:
        return None
    return FieldError(
        pointer="/category",
        code="category_mismatch",
        detail=f"项目编码第 9 位是 {row.code[8]}，与项目类别不符",
        mend="R 人员类、Y 运转类、T 特定目标类",
    )
