"""目标覆盖率、公开率: the figures and the lists behind them."""

from collections.abc import Mapping
from datetime import date

from services.goals.domain.disclosure import Coverage, disclosure_due
from services.goals.schemas.goals import CoverageOut, CoveredProject, YearCoverageOut
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest
from shared.rulebook import Rule

#: 特定目标类 and 运转类 projects have to have a goal; 人员类 use standard texts (domain §7.2).
_DUE = """
    select p.region_code, p.code, p.name, p.unit_code, u.name as unit_name,
           g.id as goal_id, g.status as goal_status, d.disclosed_on, b.approved_on
    from project p
    join unit u on u.region_code = p.region_code and u.code = p.unit_code
    left join goal g on g.region_code = p.region_code and g.project_code = p.code
                    and g.fiscal_year = $2
    left join disclosure d on d.region_code = g.region_code and d.id = g.disclosure_id
    left join approval_batch b on b.region_code = g.region_code and b.id = g.batch_id
    where p.region_code = $1 and p.category in ('specific', 'operation')
      and exists (select from project_fund f where f.region_code = p.region_code
                  and f.project_code = p.code and f.fiscal_year = $2)
"""

_COUNTS = f"""
    select count(*) as due,
           count(*) filter (where goal_status = 'approved') as approved,
           count(*) filter (where disclosed_on is not null) as disclosed,
           count(*) filter (where goal_status = 'approved'
                            and coalesce(disclosed_on, $3) > approved_on + $4::int) as late
    from ({_DUE}) due
"""

_PARTS = {
    ("goal_coverage", "denominator"): "true",
    ("goal_coverage", "numerator"): "goal_status = 'approved'",
    ("goal_coverage", "missing"): "goal_status is distinct from 'approved'",
    ("disclosure", "denominator"): "goal_status = 'approved'",
    ("disclosure", "numerator"): "disclosed_on is not null",
    ("disclosure", "missing"): "goal_status = 'approved' and disclosed_on is null",
}

_SCOPE = "当年有预算的特定目标类、运转类项目（全部资金级次）"


async def coverage(
    reads: Reads, caller: Caller, rules: Mapping[str, Rule], *, fiscal_year: int, today: date
) -> YearCoverageOut:
    """Both rates of a year."""
    rule = rules["goal-disclosure"].on(today)
    grace = disclosure_due(today, rule) - today
    row = await reads.one(_COUNTS, caller.region_code, fiscal_year, today, grace.days)
    return YearCoverageOut(
        fiscal_year=fiscal_year,
        scope=_SCOPE,
        goal_coverage=_out(Coverage(row["approved"], row["due"]), "goal_coverage", fiscal_year),
        disclosure=_out(
            Coverage(row["disclosed"], row["approved"]), "disclosure", fiscal_year, late=row["late"]
        ),
    )


async def covered_projects(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int, metric: str, part: str
) -> Page[CoveredProject]:
    """The projects counted in one part of one figure."""
    rows = await reads.all(
        f"select * from ({_DUE}) due where ({_PARTS[metric, part]})"
        " and ($3::text is null or code > $3) order by code limit $4",
        caller.region_code,
        fiscal_year,
        *paging.after(str),
        paging.limit + 1,
    )
    return paging.page(rows, CoveredProject.model_validate, lambda row: [row["code"]])


def _out(value: Coverage, metric: str, fiscal_year: int, late: int | None = None) -> CoverageOut:
    base = f"/api/v1/goals/coverage-projects?fiscal_year={fiscal_year}&metric={metric}&part="
    return CoverageOut(
        numerator=value.numerator,
        denominator=value.denominator,
        rate=value.rate,
        late=late,
        numerator_href=f"{base}numerator",
        denominator_href=f"{base}denominator",
        missing_href=f"{base}missing",
    )
