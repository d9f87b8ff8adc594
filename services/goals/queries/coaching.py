"""What the drafting coach is told besides the form: the project and its money, last year's rows,
the library's ranges, the unit's other goals; and which form the year is filled in on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson

from services.goals.domain.coach import Context, LibraryRange, PastRow
from services.goals.errors import RuleNotInForce
from services.goals.tables import COMMON_REGION
from shared.db import Reads
from shared.problems import FieldError
from shared.rulebook import NoRuleInForce, Rule, Version

#: Filled in when the year's cycle does not say otherwise.
USUAL_FORM = "goal-form"

_LIBRARY = f"""
    (select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'name', e.name,
            'operator', e.operator, 'target_low', e.target_low::text,
            'target_high', e.target_high::text, 'unit', e.unit)), '[]')::text
     from indicator_entry e
     where e.region_code in ($1, '{COMMON_REGION}') and e.id = any ($4::uuid[]))
"""

#: The rows of the newest earlier year: as self-evaluated, else as approved.
LAST_YEAR = """
    (select r.rows::text from (
        select s.fiscal_year, 0 as n, s.rows from self_evaluated s
        where s.region_code = $1 and s.project_code = $2 and s.fiscal_year < $3
        union all
        select g.fiscal_year, 1, jsonb_path_query_array(
                   c.content, '$.indicators[*] ? (@.scope == "annual")')
        from goal g
        join goal_version v on v.region_code = g.region_code and v.goal_id = g.id
                           and v.version_no = g.approved_version
        join goal_submission c on c.region_code = v.region_code and c.goal_id = v.goal_id
                              and c.submission_no = v.submission_no
        where g.region_code = $1 and g.project_code = $2 and g.fiscal_year < $3
          and g.kind = 'project'
     ) r order by r.fiscal_year desc, r.n limit 1)
"""

#: A goal under adjustment is held against the budget that it is adjusted to.
_PROJECT = f"""
    select p.name as project_name, u.name as unit_name, p.spending_kind, c.form,
           (select sum(b.amount) from (
                select f.amount from project_fund f where f.region_code = $1
                  and f.project_code = p.code and f.fiscal_year = $3
                union all
                select l.amount from goal g
                join budget_change_line l on l.region_code = g.region_code
                                         and l.change_id = g.budget_change_id
                where g.region_code = $1 and g.project_code = p.code and g.fiscal_year = $3) b
           ) as annual_amount,
           {LAST_YEAR} as last_year, {_LIBRARY} as library,
           (select coalesce(jsonb_agg(o.annual_goal), '[]')::text from (
                select g.annual_goal from goal g
                where g.region_code = $1 and g.unit_code = p.unit_code and g.fiscal_year = $3
                  and g.kind = 'project' and g.project_code <> p.code
                  and g.annual_goal is not null
                order by g.id limit 200) o) as other_goals
    from project p
    join unit u on u.region_code = p.region_code and u.code = p.unit_code
    left join budget_cycle c on c.region_code = p.region_code and c.fiscal_year = $3
    where p.region_code = $1 and p.code = $2 and ($5::text[] is null or p.unit_code = any ($5))
"""

_DEPARTMENT = f"""
    select null as project_name, u.name as unit_name, null as spending_kind, c.form,
           null::numeric as annual_amount, null as last_year, {_LIBRARY} as library,
           '[]' as other_goals
    from unit u
    left join budget_cycle c on c.region_code = u.region_code and c.fiscal_year = $3
    where u.region_code = $1 and u.code = $2 and u.code = u.department_code
      and ($5::text[] is null or u.code = any ($5))
"""


@dataclass(frozen=True)
class Briefing:
    """The coach's context, and the rules of form and drafting in force for the year."""

    context: Context
    form: Version
    coach: Version


async def briefing(
    reads: Reads,
    rules: Mapping[str, Rule],
    region_code: str,
    *,
    project_code: str | None,
    unit_code: str | None,
    fiscal_year: int,
    library_ids: Sequence[UUID],
    units: Sequence[str] | None = None,
) -> Briefing:
    """What to hold a draft against. Raises NotFound for a project or department not among `units`,
    RuleNotInForce for a year before the first rule."""
    statement = _PROJECT if project_code is not None else _DEPARTMENT
    named = project_code or unit_code
    row = await reads.one(statement, region_code, named, fiscal_year, list(library_ids), units)
    form, coach = rules_of_year(rules, row["form"], fiscal_year)
    return Briefing(_context(row, is_department=project_code is None), form, coach)


def rules_of_year(
    rules: Mapping[str, Rule], form: str | None, fiscal_year: int
) -> tuple[Version, Version]:
    """The form rule and the coach's in force for a year. Raises RuleNotInForce."""
    day, due = date(fiscal_year, 1, 1), (rules[form or USUAL_FORM], rules["drafting-coach"])
    try:
        return due[0].on(day), due[1].on(day)
    except NoRuleInForce as error:
        detail = f"{fiscal_year} 年没有适用的申报表或填报规则"
        raise RuleNotInForce(detail, errors=[_too_early(due, detail)]) from error


def _too_early(due: Sequence[Rule], detail: str) -> FieldError:
    """Which year is the first that begins with every rule in force."""
    begun = max(rule.versions[0].effective_from for rule in due)
    first = begun.year if begun == date(begun.year, 1, 1) else begun.year + 1
    return FieldError(
        pointer="/fiscal_year",
        code="rule_not_in_force",
        detail=detail,
        mend=f"请核对年度：最早可填 {first} 年；更早的年度须先补充规则文件",
    )


def past_rows(rows: str | None) -> list[PastRow]:
    """Last year's rows as the coach reads them; an approved row has no actual value."""
    return [
        PastRow(
            name=row["name"] or "",
            level1=row["level1"],
            level2=row["level2"],
            operator=row["operator"],
            target_value=_decimal(row.get("target_value")),
            actual_value=_decimal(row.get("actual_value")),
            unit_of_measure=row.get("unit_of_measure"),
        )
        for row in orjson.loads(rows or "[]")
    ]


def _context(row: Mapping[str, Any], *, is_department: bool) -> Context:
    return Context(
        project_name=row["project_name"],
        unit_name=row["unit_name"],
        spending_kind=row["spending_kind"],
        annual_amount=row["annual_amount"],
        is_department=is_department,
        last_year=past_rows(row["last_year"]),
        library={
            UUID(entry["id"]): LibraryRange(
                entry["name"],
                entry["operator"],
                _decimal(entry["target_low"]),
                _decimal(entry["target_high"]),
                entry["unit"],
            )
            for entry in orjson.loads(row["library"])
        },
        other_goals=orjson.loads(row["other_goals"]),
    )


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
