"""目标覆盖率、公开率: the figures, by group as well, and the lists behind them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from services.goals.domain.disclosure import Coverage, disclosure_due
from services.goals.domain.vocabulary import FUND_LEVELS
from services.goals.schemas.coverage import (
    CoverageGroup,
    CoverageGroupsOut,
    CoverageOut,
    CoveredProject,
    YearCoverageOut,
)
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest
from shared.rulebook import Rule

#: The projects of $1 that have to have a goal in year $2: 特定目标类 and 运转类 ones with a budget;
#: 人员类 use standard texts (domain §7.2). Publication is due $3 days after the first approval.
#: The region stands twice: out of a grouped sub-select it is not known, and all would be read.
_DUE = """
    select p.code, p.name, p.unit_code, u.name as unit_name, u.office, u.department_code,
           f.amount, g.id as goal_id, g.status as goal_status, b.approved_on,
           b.approved_on + $3::int as disclosure_due, d.disclosed_on, g.disclosure_exemption,
           g.approved_version is not null as approved,
           g.approved_version is not null and g.disclosure_exemption is null as to_disclose
    from (select region_code, project_code, sum(amount) as amount from project_fund
          where region_code = $1 and fiscal_year = $2 {level} group by 1, 2) f
    join project p on p.region_code = f.region_code and p.code = f.project_code
    join unit u on u.region_code = p.region_code and u.code = p.unit_code
    left join goal g on g.region_code = p.region_code and g.project_code = p.code
                    and g.fiscal_year = $2 and g.kind = 'project'
    left join disclosure d on d.region_code = g.region_code and d.id = g.disclosure_id
    left join approved_budget a on a.region_code = p.region_code and a.project_code = p.code
                               and a.fiscal_year = $2
    left join approval_batch b on b.region_code = a.region_code and b.id = a.batch_id
    where p.region_code = $1 and p.category in ('specific', 'operation')
"""

_COUNTS = """
    count(*) as due, count(*) filter (where approved) as approved,
    count(*) filter (where to_disclose) as to_disclose,
    count(*) filter (where to_disclose and disclosed_on is not null) as disclosed,
    count(*) filter (where to_disclose and coalesce(disclosed_on, $4) > disclosure_due) as late
"""

_YEAR = f"select {_COUNTS} from ({_DUE.format(level='')}) due"

_GROUPS = {
    "office": f"""
        select office as code, office as label, sum(amount) as amount, {_COUNTS}
        from ({_DUE.format(level="")}) due group by office order by office""",
    "department": f"""
        select due.department_code as code, coalesce(min(m.name), due.department_code) as label,
               sum(amount) as amount, {_COUNTS}
        from ({_DUE.format(level="")}) due
        left join unit m on m.region_code = $1 and m.code = due.department_code
        group by due.department_code order by due.department_code""",
    "fund_level": f"""
        select l.code, l.code as label, sum(amount) as amount, {_COUNTS}
        from unnest($5::text[]) with ordinality as l(code, n)
        join lateral ({_DUE.format(level="and fund_level = l.code")}) due on true
        group by l.code, l.n order by l.n""",
}

_PARTS = {
    ("goal_coverage", "denominator"): "true",
    ("goal_coverage", "numerator"): "approved",
    ("goal_coverage", "missing"): "not coalesce(approved, false)",
    ("disclosure", "denominator"): "to_disclose",
    ("disclosure", "numerator"): "to_disclose and disclosed_on is not null",
    ("disclosure", "missing"): "to_disclose and disclosed_on is null",
    ("disclosure", "late"): "to_disclose and coalesce(disclosed_on, $4) > disclosure_due",
    ("disclosure", "exempt"): "disclosure_exemption is not null",
}

_SCOPE = "当年有预算的特定目标类、运转类项目（全部资金级次）；免予公开的不计入公开率"
_LEVEL_SCOPE = (
    "当年有预算的特定目标类、运转类项目；一个项目在其每个资金级次各计一次，金额为该级次资金"
)


async def coverage(
    reads: Reads, caller: Caller, rules: Mapping[str, Rule], *, fiscal_year: int, today: date
) -> YearCoverageOut:
    """Both rates of a year."""
    row = await reads.one(_YEAR, caller.region_code, fiscal_year, _days(rules, today), today)
    return YearCoverageOut(fiscal_year=fiscal_year, scope=_SCOPE, **_rates(row, fiscal_year, {}))


async def coverage_by(
    reads: Reads,
    caller: Caller,
    rules: Mapping[str, Rule],
    *,
    by: str,
    fiscal_year: int,
    today: date,
) -> CoverageGroupsOut:
    """Both rates of a year for each office, department or fund level."""
    arguments: list[object] = [caller.region_code, fiscal_year, _days(rules, today), today]
    if by == "fund_level":
        arguments.append(list(FUND_LEVELS))
    rows = await reads.all(_GROUPS[by], *arguments)
    return CoverageGroupsOut(
        fiscal_year=fiscal_year,
        by=by,
        scope=_LEVEL_SCOPE if by == "fund_level" else _SCOPE,
        items=[
            CoverageGroup(
                code=row["code"],
                label=FUND_LEVELS[row["code"]] if by == "fund_level" else row["label"],
                amount=row["amount"],
                **_rates(row, fiscal_year, {by: row["code"]}),
            )
            for row in rows
        ],
    )


async def covered_projects(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    rules: Mapping[str, Rule],
    *,
    fiscal_year: int,
    metric: str,
    part: str,
    today: date,
    group: Mapping[str, str | None],
) -> Page[CoveredProject]:
    """The projects counted in one part of one figure, of one group if one is named."""
    where = Where(caller.region_code, fiscal_year, _days(rules, today), today)
    level = ""
    if group.get("fund_level") is not None:
        where.arguments.append(group["fund_level"])
        level = "and fund_level = $5"
    where.add("office = {}", group.get("office"))
    where.add("department_code = {}", group.get("department"))
    where.add_after("code > {}", paging.after(str))
    limit = where.limit(paging.limit + 1)
    rows = await reads.all(
        f"select due.*, $4::date from ({_DUE.format(level=level)}) due"
        f" where ({_PARTS[metric, part]}){where} order by code{limit}",
        *where.arguments,
    )
    return paging.page(rows, CoveredProject.model_validate, lambda row: [row["code"]])


def _days(rules: Mapping[str, Rule], today: date) -> int:
    return (disclosure_due(today, rules["goal-disclosure"].on(today)) - today).days


def _rates(row: Mapping[str, Any], fiscal_year: int, group: Mapping[str, str]) -> dict[str, Any]:
    covered = Coverage(row["approved"], row["due"])
    disclosed = Coverage(row["disclosed"], row["to_disclose"])
    return {
        "goal_coverage": _out(covered, "goal_coverage", fiscal_year, group),
        "disclosure": _out(disclosed, "disclosure", fiscal_year, group, late=row["late"]),
    }


def _out(
    value: Coverage,
    metric: str,
    fiscal_year: int,
    group: Mapping[str, str],
    late: int | None = None,
) -> CoverageOut:
    query = urlencode({"fiscal_year": fiscal_year, "metric": metric, **group})
    base = f"/api/v1/goals/coverage-projects?{query}&part="
    return CoverageOut(
        numerator=value.numerator,
        denominator=value.denominator,
        rate=value.rate,
        late=late,
        numerator_href=f"{base}numerator",
        denominator_href=f"{base}denominator",
        missing_href=f"{base}missing",
    )
