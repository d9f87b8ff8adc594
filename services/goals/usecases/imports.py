"""Units and projects as the budget system pushes them: set-based, safe to repeat."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.domain.budget import budget_mistake, midterm_mistake, period_mistake, total
from services.goals.domain.project_code import CATEGORY_OF
from services.goals.domain.vocabulary import SECTORS
from services.goals.schemas.directory import ProjectRow, UnitRow
from services.goals.schemas.events import UnitRegistered
from services.goals.usecases.budget_changes import changed_after_approval
from shared.auth import Caller
from shared.bulk import SEPARATOR, Rows, as_jsonb, joined, upsert
from shared.db import TransactionReads
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
    order by r.code
    on conflict (region_code, code) do update
    set name = excluded.name, department_code = excluded.department_code, uscc = excluded.uscc,
        office = excluded.office, synthetic = excluded.synthetic,
        row_version = unit.row_version + 1, updated_at = excluded.updated_at
    where (unit.name, unit.department_code, unit.uscc, unit.office, unit.synthetic)
          is distinct from (excluded.name, excluded.department_code, excluded.uscc,
                            excluded.office, excluded.synthetic)
    returning code as key, xmax = 0 as inserted
""")

_KNOWN_UNITS = "select code from unit where region_code = $1 and code = any ($2)"

#: Columns of `project` as they are sent, in order: texts, then what an empty cell leaves null.
_TEXTS = ("code", "name", "unit_code", "category", "kind", "spending_kind")
_CHANGEABLE = (
    "name", "unit_code", "category", "kind", "spending_kind", "sector", "period_start",
    "period_end", "midterm_fiscal", "midterm_other", "is_key", "synthetic",
)  # fmt: skip

#: By code: two imports that meet take the same rows in the same order.
_PROJECTS = f"""
    with stored as (
        insert into project (region_code, code, name, unit_code, category, kind, spending_kind,
                             sector, period_start, period_end, midterm_fiscal, midterm_other,
                             is_key, synthetic, row_version, updated_at)
        select $1, r.code, r.name, r.unit_code, r.category, r.kind, r.spending_kind,
               nullif(r.sector, ''), nullif(r.period_start, '')::date,
               nullif(r.period_end, '')::date, nullif(r.midterm_fiscal, '')::numeric,
               nullif(r.midterm_other, '')::numeric, r.is_key::boolean, r.synthetic::boolean, 1, $2
        from unnest({", ".join(f"string_to_array(${n}, $16)" for n in range(3, 16))}
)
             as r(code, name, unit_code, category, kind, spending_kind, sector, period_start,
                  period_end, midterm_fiscal, midterm_other, is_key, synthetic)
        order by r.code
        on conflict (region_code, code) do update
        set {", ".join(f"{name} = excluded.{name}" for name in _CHANGEABLE)},
            row_version = project.row_version + 1, updated_at = excluded.updated_at
        where ({", ".join(f"project.{name}" for name in _CHANGEABLE)})
              is distinct from ({", ".join(f"excluded.{name}" for name in _CHANGEABLE)})
        returning code, xmax = 0 as inserted)
    select coalesce(array_agg(code) filter (where inserted), '{{}}') as created,
           coalesce(array_agg(code) filter (where not inserted), '{{}}') as updated
    from stored
"""

#: Of the projects that were here before; those just created have nothing to drop. `+ 0`: by project,
#: never through the index by year, which before the first `analyze` looks as good and reads all.
_DROP_FUNDS = """
    delete from project_fund f
    using unnest(string_to_array($2, $8), string_to_array($3, $8)::int[])
          as s(project_code, fiscal_year)
    where f.region_code = $1 and f.project_code = s.project_code
      and f.fiscal_year + 0 = s.fiscal_year
      and (f.project_code, f.fiscal_year, f.fund_level, f.source) not in
          (select * from unnest(string_to_array($4, $8), string_to_array($5, $8)::int[],
                                string_to_array($6, $8), string_to_array($7, $8)))
    returning f.project_code
"""

_FUNDS = """
    with stored as (
        insert into project_fund (region_code, project_code, fiscal_year, fund_level, source,
                                  amount)
        select $1, r.* from unnest(string_to_array($2, $7), string_to_array($3, $7)::int[],
                                   string_to_array($4, $7), string_to_array($5, $7),
                                   string_to_array($6, $7)::numeric[]) as r
        order by 2, 3, 4, 5
        on conflict (region_code, project_code, fiscal_year, fund_level, source) do update
        set amount = excluded.amount where project_fund.amount <> excluded.amount
        returning project_code)
    select distinct project_code from stored
    where project_code not in (select unnest(string_to_array($8, $7)))
"""

_TOUCH = """
    update project set row_version = row_version + 1, updated_at = $2
    where region_code = $1 and code = any ($3) returning code
"""

#: A project that moves to another unit takes its goals along: who sees the one sees the other.
_FOLLOW = """
    update goal g set unit_code = p.unit_code, row_version = g.row_version + 1, updated_at = $2
    from project p
    where p.region_code = $1 and p.code = any ($3) and g.region_code = p.region_code
      and g.project_code = p.code and g.kind = 'project' and g.unit_code <> p.unit_code
    returning g.id
"""

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
    sql = TransactionReads(session)
    units = list({row.unit_code for row in rows.models})
    known = {row["code"] for row in await sql.all(_KNOWN_UNITS, by.region_code, units)}
    rows.refuse(lambda row: None if row.unit_code in known else _unknown_unit(row.unit_code))
    rows.refuse(lambda row: _wrong_category(row) or _unknown_sector(row) or _unsound(row))
    fixed = await changed_after_approval(session, by.region_code, rows.models)
    rows.refuse(lambda row: _budget_approved(row) if row.code in fixed else None)
    good = rows.models
    stored = await sql.one(_PROJECTS, by.region_code, at, *_columns(good), SEPARATOR)
    created, updated = stored["created"], stored["updated"]
    if updated:
        await sql.all(_FOLLOW, by.region_code, at, updated)
    refunded = await _store_funds(sql, good, by=by, created=set(created)) - set(updated)
    if refunded:
        await sql.all(_TOUCH, by.region_code, at, list(refunded))
    rows.settle(dict.fromkeys([*updated, *refunded], "updated") | dict.fromkeys(created, "created"))


def _columns(rows: Sequence[ProjectRow]) -> list[str]:
    """The sent columns, each as one argument, in the order `_PROJECTS` unpacks them."""
    return [
        *(joined(getattr(row, name) for row in rows) for name in _TEXTS),
        joined(row.sector or "" for row in rows),
        joined(_shown(row.period_start) for row in rows),
        joined(_shown(row.period_end) for row in rows),
        joined(_shown(row.midterm.fiscal if row.midterm else None) for row in rows),
        joined(_shown(row.midterm.other if row.midterm else None) for row in rows),
        joined("true" if row.is_key else "false" for row in rows),
        joined("true" if row.synthetic else "false" for row in rows),
    ]


def _shown(value: date | Decimal | None) -> str:
    return "" if value is None else str(value)


async def _store_funds(
    sql: TransactionReads, rows: Sequence[ProjectRow], *, by: Caller, created: set[str]
) -> set[str]:
    """Make the sent funds the years' funds; which projects, of those not just created, changed."""
    funds = [(row, fund) for row in rows for fund in row.funds]
    sent = [
        joined(row.code for row, _ in funds),
        joined(str(row.fiscal_year) for row, _ in funds),
        joined(fund.fund_level for _, fund in funds),
        joined(fund.source for _, fund in funds),
    ]
    changed: set[str] = set()
    old = [row for row in rows if row.code not in created]
    if old:
        codes, years = joined(row.code for row in old), joined(str(row.fiscal_year) for row in old)
        dropped = await sql.all(_DROP_FUNDS, by.region_code, codes, years, *sent, SEPARATOR)
        changed |= {row["project_code"] for row in dropped}
    amounts = joined(str(fund.amount) for _, fund in funds)
    stored = await sql.all(_FUNDS, by.region_code, *sent, amounts, SEPARATOR, joined(created))
    return changed | {row["project_code"] for row in stored}


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
