"""Units and projects as the budget system pushes them: set-based, safe to repeat."""

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.budget import budget_mistake, midterm_mistake, period_mistake, total
from services.goals.domain.project_code import CATEGORY_OF
from services.goals.domain.vocabulary import SECTORS
from services.goals.schemas.directory import ProjectRow, UnitRow
from services.goals.schemas.events import UnitRegistered
from services.goals.usecases.budget_changes import changed_after_approval
from shared.auth import Caller
from shared.bulk import Rows, as_jsonb, upsert
from shared.feed import publish
from shared.problems import FieldError
from shared.uscc import mistake_in

_UNITS = text("""
    insert into unit (region_code, code, name, department_code, uscc, office, synthetic,
                      row_version, updated_at)
    select :region_code, r.code, r.name, r.department_code, r.uscc, r.office, r.synthetic, 1, :at
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(code text, name text, department_code text, uscc text, office text,
              synthetic boolean)
    on conflict (region_code, code) do update
    set name = excluded.name, department_code = excluded.department_code, uscc = excluded.uscc,
        office = excluded.office, synthetic = excluded.synthetic,
        row_version = unit.row_version + 1, updated_at = excluded.updated_at
    where (unit.name, unit.department_code, unit.uscc, unit.office, unit.synthetic)
          is distinct from (excluded.name, excluded.department_code, excluded.uscc,
                            excluded.office, excluded.synthetic)
    returning code as key, xmax = 0 as inserted
""")

_PROJECTS = text("""
    insert into project (region_code, code, name, unit_code, category, kind, spending_kind, sector,
                         is_key, period_start, period_end, midterm_fiscal, midterm_other,
                         synthetic, row_version, updated_at)
    select :region_code, r.code, r.name, r.unit_code, r.category, r.kind, r.spending_kind, r.sector,
           r.is_key, r.period_start, r.period_end, (r.midterm ->> 'fiscal')::numeric,
           (r.midterm ->> 'other')::numeric, r.synthetic, 1, :at
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(code text, name text, unit_code text, category text, kind text, spending_kind text,
              sector text, is_key boolean, period_start date, period_end date, midterm jsonb,
              synthetic boolean)
    on conflict (region_code, code) do update
    set name = excluded.name, unit_code = excluded.unit_code, category = excluded.category,
        kind = excluded.kind, spending_kind = excluded.spending_kind, sector = excluded.sector,
        is_key = excluded.is_key, period_start = excluded.period_start,
        period_end = excluded.period_end, midterm_fiscal = excluded.midterm_fiscal,
        midterm_other = excluded.midterm_other, synthetic = excluded.synthetic,
        row_version = project.row_version + 1, updated_at = excluded.updated_at
    where (project.name, project.unit_code, project.category, project.kind, project.spending_kind,
           project.sector, project.is_key, project.period_start, project.period_end,
           project.midterm_fiscal, project.midterm_other, project.synthetic)
          is distinct from (excluded.name, excluded.unit_code, excluded.category, excluded.kind,
                            excluded.spending_kind, excluded.sector, excluded.is_key,
                            excluded.period_start, excluded.period_end, excluded.midterm_fiscal,
                            excluded.midterm_other, excluded.synthetic)
    returning code as key, xmax = 0 as inserted
""")

_SENT_FUNDS = """
    with sent as (
        select r.code as project_code, r.fiscal_year, f.fund_level, f.source, f.amount
        from jsonb_to_recordset(cast(:rows as jsonb)) as r(code text, fiscal_year int, funds jsonb),
             jsonb_to_recordset(r.funds) as f(fund_level text, source text, amount numeric))
"""

_DROP_FUNDS = text(f"""{_SENT_FUNDS}
    delete from project_fund f
    using (select distinct project_code, fiscal_year from sent) s
    where f.region_code = :region_code and f.project_code = s.project_code
      and f.fiscal_year = s.fiscal_year
      and (f.project_code, f.fiscal_year, f.fund_level, f.source) not in
          (select project_code, fiscal_year, fund_level, source from sent)
    returning f.project_code
""")

_FUNDS = text(f"""{_SENT_FUNDS}
    insert into project_fund (region_code, project_code, fiscal_year, fund_level, source, amount)
    select :region_code, project_code, fiscal_year, fund_level, source, amount from sent
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
    rows.refuse(_unsound_unit)
    statuses = await upsert(
        session, _UNITS, region_code=by.region_code, rows=as_jsonb(rows.models), at=at
    )
    rows.settle(statuses)
    versions = await session.execute(
        _UNIT_VERSIONS, {"region_code": by.region_code, "codes": list(statuses)}
    )
    units = {unit.code: unit for unit in rows.models}
    facts = [
        UnitRegistered(**units[row.code].model_dump(exclude={"uscc"}), version=row.row_version)
        for row in versions
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
    rows.refuse(lambda row: _wrong_category(row) or _unknown_sector(row) or _unsound(row))
    fixed = await changed_after_approval(
        session, by.region_code, [row.code for row in rows.models], as_jsonb(rows.models)
    )
    rows.refuse(lambda row: _budget_approved(row) if row.code in fixed else None)
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


def _unsound_unit(row: UnitRow) -> FieldError | None:
    if not row.code.startswith(row.department_code):
        return FieldError(
            pointer="/code",
            code="outside_department",
            detail=f"单位编码 {row.code} 不以主管部门编码 {row.department_code} 开头",
            mend="请核对单位编码或 department_code；主管部门本级的两者相同",
        )
    mistake = None if row.uscc is None else mistake_in(row.uscc)
    if mistake is not None:
        return FieldError(
            pointer="/uscc", code="uscc_wrong", detail=mistake, mend="请核对证书上的 18 位代码"
        )
    return None


def _wrong_category(row: ProjectRow) -> FieldError | None:
    if CATEGORY_OF[row.code[8]] == row.category:
        return None
    return FieldError(
        pointer="/category",
        code="category_mismatch",
        detail=f"项目编码第 9 位是 {row.code[8]}，与项目类别不符",
        mend="R 人员类、Y 运转类、T 特定目标类",
    )


def _unknown_sector(row: ProjectRow) -> FieldError | None:
    if row.sector is None or row.sector in SECTORS:
        return None
    known = "、".join(f"{code}（{label}）" for code, label in SECTORS.items())
    return FieldError(
        pointer="/sector",
        code="unknown_sector",
        detail=f"没有行业领域 {row.sector}",
        mend=f"可用：{known}",
    )


def _unsound(row: ProjectRow) -> FieldError | None:
    mistake = (
        budget_mistake(row.funds, row.annual_total)
        or midterm_mistake(row.midterm, total(row.funds))
        or period_mistake(row.period_start, row.period_end, row.fiscal_year)
    )
    return None if mistake is None else FieldError(**asdict(mistake))


def _budget_approved(row: ProjectRow) -> FieldError:
    return FieldError(
        pointer="/funds",
        code="budget_approved",
        detail=f"{row.code} 的 {row.fiscal_year} 年预算已批复，不能重新推送资金",
        mend="请推送预算调整（budget-change-imports）；其他字段可随现行资金一起推送",
    )
