"""Units and projects as the budget system pushes them: set-based, safe to repeat."""

from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.schemas.directory import ProjectRow, UnitRow
from services.goals.schemas.events import UnitRegistered
from shared.auth import Caller
from shared.bulk import SEPARATOR, Rows, as_jsonb, joined, upsert
from shared.db import TransactionReads
from shared.feed import publish
from shared.jobs import Importer
from shared.jobs_files import Column
from shared.problems import FieldError

_PROJECT_TEXTS = ("code", "name", "unit_code", "category", "kind")

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

_KNOWN_UNITS = "select code from unit where region_code = $1 and code = any ($2)"

#: By code: two imports that meet take the same rows in the same order.
_PROJECTS = """
    with stored as (
        insert into project (region_code, code, name, unit_code, category, kind, synthetic,
                             row_version, updated_at)
        select $1, r.code, r.name, r.unit_code, r.category, r.kind, r.synthetic, 1, $2
        from unnest(string_to_array($3, $9), string_to_array($4, $9), string_to_array($5, $9),
                    string_to_array($6, $9), string_to_array($7, $9),
                    string_to_array($8, $9)::bool[])
             as r(code, name, unit_code, category, kind, synthetic)
        order by r.code
        on conflict (region_code, code) do update
        set name = excluded.name, unit_code = excluded.unit_code, category = excluded.category,
            kind = excluded.kind, synthetic = excluded.synthetic,
            row_version = project.row_version + 1, updated_at = excluded.updated_at
        where (project.name, project.unit_code, project.category, project.kind, project.synthetic)
              is distinct from (excluded.name, excluded.unit_code, excluded.category,
                                excluded.kind, excluded.synthetic)
        returning code, xmax = 0 as inserted)
    select coalesce(array_agg(code) filter (where inserted), '{}') as created,
           coalesce(array_agg(code) filter (where not inserted), '{}') as updated
    from stored
"""

#: Of the projects that were here before; those just created have nothing to drop. `+ 0`: by project,
#: never through the index by year, which before the first `analyze` looks as good and reads all.
_DROP_FUNDS = """
    delete from project_fund f
    using unnest(string_to_array($2, $7), string_to_array($3, $7)::int[])
          as s(project_code, fiscal_year)
    where f.region_code = $1 and f.project_code = s.project_code
      and f.fiscal_year + 0 = s.fiscal_year
      and (f.project_code, f.fiscal_year, f.fund_level) not in
          (select * from unnest(string_to_array($4, $7), string_to_array($5, $7)::int[],
                                string_to_array($6, $7)))
    returning f.project_code
"""

_FUNDS = """
    with stored as (
        insert into project_fund (region_code, project_code, fiscal_year, fund_level, amount)
        select $1, r.* from unnest(string_to_array($2, $6), string_to_array($3, $6)::int[],
                                   string_to_array($4, $6), string_to_array($5, $6)::numeric[]) as r
        order by 2, 3, 4
        on conflict (region_code, project_code, fiscal_year, fund_level) do update
        set amount = excluded.amount where project_fund.amount <> excluded.amount
        returning project_code)
    select distinct project_code from stored
    where project_code not in (select unnest(string_to_array($7, $6)))
"""

_TOUCH = """
    update project set row_version = row_version + 1, updated_at = $2
    where region_code = $1 and code = any ($3) returning code
"""

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
    sql = TransactionReads(session)
    units = list({row.unit_code for row in rows.models})
    known = {row["code"] for row in await sql.all(_KNOWN_UNITS, by.region_code, units)}
    rows.refuse(lambda row: None if row.unit_code in known else _unknown_unit(row.unit_code))
    rows.refuse(lambda row: _fund_twice(row) or _wrong_category(row))
    good = rows.models
    columns = [joined(map(attrgetter(name), good)) for name in _PROJECT_TEXTS]
    synthetic = joined("true" if row.synthetic else "false" for row in good)
    stored = await sql.one(_PROJECTS, by.region_code, at, *columns, synthetic, SEPARATOR)
    created, updated = stored["created"], stored["updated"]
    refunded = await _store_funds(sql, good, by=by, created=set(created)) - set(updated)
    if refunded:
        await sql.all(_TOUCH, by.region_code, at, list(refunded))
    rows.settle(dict.fromkeys([*updated, *refunded], "updated") | dict.fromkeys(created, "created"))


async def _store_funds(
    sql: TransactionReads, rows: list[ProjectRow], *, by: Caller, created: set[str]
) -> set[str]:
    """Make the sent funds the years' funds; which projects, of those not just created, changed."""
    funds = [(row, fund) for row in rows for fund in row.funds]
    codes = joined(row.code for row, _ in funds)
    years = joined(str(row.fiscal_year) for row, _ in funds)
    levels = joined(fund.fund_level for _, fund in funds)
    amounts = joined(str(fund.amount) for _, fund in funds)
    changed: set[str] = set()
    old = [row for row in rows if row.code not in created]
    if old:
        old_codes = joined(row.code for row in old)
        old_years = joined(str(row.fiscal_year) for row in old)
        dropped = await sql.all(
            _DROP_FUNDS, by.region_code, old_codes, old_years, codes, years, levels, SEPARATOR
        )
        changed |= {row["project_code"] for row in dropped}
    stored = await sql.all(
        _FUNDS, by.region_code, codes, years, levels, amounts, SEPARATOR, joined(created)
    )
    return changed | {row["project_code"] for row in stored}


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


_FUND_COLUMNS = {
    "central_amount": ("central", "中央资金（元）"),
    "provincial_amount": ("provincial", "自治区资金（元）"),
    "municipal_amount": ("municipal", "市级资金（元）"),
    "county_amount": ("county", "本级资金（元）"),
}
_YES = {"是": "true", "1": "true", "否": "false", "0": "false"}

_COLUMNS = (
    Column("code", "项目编码"),
    Column("name", "项目名称"),
    Column("unit_code", "单位编码"),
    Column(
        "category",
        "项目类别",
        words={"人员类": "personnel", "运转类": "operation", "特定目标类": "specific"},
    ),
    Column("kind", "项目性质", words={"新增": "new", "延续": "continuing"}),
    Column("fiscal_year", "年度"),
    *(Column(code, label, required=False) for code, (_, label) in _FUND_COLUMNS.items()),
    Column("synthetic", "合成数据", words=_YES, required=False),
)
_WORDS = {column.code: column.words for column in _COLUMNS}


def _project_from_cells(cells: Mapping[str, str]) -> dict[str, Any]:
    """A table's row as NDJSON would have it: one fund for each level whose cell is filled."""
    item: dict[str, Any] = {
        code: _WORDS[code].get(cell, cell)
        for code, cell in cells.items()
        if code not in _FUND_COLUMNS
    }
    if cells.get("fiscal_year", "").isdecimal():
        item["fiscal_year"] = int(cells["fiscal_year"])
    if item.get("synthetic") in ("true", "false"):
        item["synthetic"] = item["synthetic"] == "true"
    item["funds"] = [
        {"fund_level": level, "amount": cells[code].replace(",", "")}
        for code, (level, _) in _FUND_COLUMNS.items()
        if code in cells
    ]
    return item


async def _store_projects(
    session: AsyncSession, rows: Rows[ProjectRow], by: Caller, at: datetime
) -> None:
    await import_projects(session, rows, by=by, at=at)


PROJECTS = Importer(
    kind="projects",
    model=ProjectRow,
    key_field="code",
    columns=_COLUMNS,
    shape=_project_from_cells,
    store=_store_projects,
)
