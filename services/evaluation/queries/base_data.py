"""基础数据 of a unit's year, beside what its projects add up to, with the ratios."""

import orjson

from services.evaluation.access import permitted
from services.evaluation.domain.ratios import FIGURES, figures_of, ratios
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.year_rules import framework_of
from services.evaluation.errors import RuleNotInForce
from services.evaluation.schemas.base_data import BaseDataOut
from shared.auth import Caller
from shared.db import Reads
from shared.rulebook import NoRuleInForce

#: The unit's own projects and, where it is a department, those of the units under it.
_NEWEST = """
    select d.unit_code, u.name as unit_name, d.fiscal_year, d.figures::text as figures, d.version,
           d.filed_by, d.filed_at, p.budget, p.paid
    from department_base_data d
    join unit u on u.region_code = d.region_code and u.code = d.unit_code
    cross join lateral (
        select sum(b.amount) as budget, sum(e.amount) as paid
        from approved_goal g
        join unit own on own.region_code = g.region_code and own.code = g.unit_code
        left join lateral (
            select sum(f.amount) as amount from approved_fund f
            where f.region_code = g.region_code and f.goal_id = g.goal_id) b on true
        left join lateral (
            select sum(x.amount) as amount from execution_paid x
            where x.region_code = g.region_code and x.project_code = g.project_code
              and x.fiscal_year = g.fiscal_year) e on true
        where g.region_code = d.region_code and g.fiscal_year = d.fiscal_year
          and (own.code = d.unit_code or own.department_code = d.unit_code)) p
    where d.region_code = $1 and d.unit_code = $2 and d.fiscal_year = $3
      and ($4::text[] is null or d.unit_code = any ($4))
    order by d.version desc limit 1
"""


async def base_data(
    reads: Reads, caller: Caller, unit_code: str, fiscal_year: int, rules: Rules
) -> BaseDataOut:
    """The figures that hold. Raises NotFound, RuleNotInForce."""
    row = await reads.one(_NEWEST, caller.region_code, unit_code, fiscal_year, caller.units)
    try:
        citation = framework_of(rules, "department", fiscal_year).citation
    except NoRuleInForce as error:
        raise RuleNotInForce(f"{fiscal_year} 年没有适用的部门整体评价框架") from error
    figures = figures_of(orjson.loads(row["figures"]))
    known = {"project_spending": row["paid"], "budget": row["budget"]}
    return BaseDataOut.model_validate(
        {
            **row,
            "figures": [
                {
                    "code": code,
                    "label": label,
                    "value": figures[code],
                    "of_projects": known.get(code),
                }
                for code, label in FIGURES.items()
            ],
            "ratios": [
                {
                    "code": ratio.code,
                    "title": ratio.title,
                    "percent": ratio.percent,
                    "receipt": ratio.receipt.as_dict(),
                }
                for ratio in ratios(figures, citation)
            ],
            "allowed_actions": permitted(caller.principal, ["base_data.file"]),
        }
    )
