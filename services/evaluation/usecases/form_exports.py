"""自评表的导出: a year's forms as one workbook with a sheet for each."""

import asyncio
from collections.abc import Mapping

from services.evaluation.domain.rules import Rules
from services.evaluation.domain.year_rules import profile_of
from services.evaluation.errors import NoFormsToExport, TooManyForms
from services.evaluation.queries.reach import reach
from services.evaluation.queries.self_evaluation_forms import self_evaluations_of
from services.evaluation.queries.self_evaluations import FROM
from services.evaluation.usecases.form_sheets import form_of
from shared.auth import Caller
from shared.db import Reads
from shared.workbooks.fill import fill
from shared.workbooks.layout import Layout

#: As many as a person can look through, and a process can print while others wait.
MOST_FORMS = 500

_IDS = f"""
    select s.id, (select u.department_code from unit u
                  where u.region_code = s.region_code and u.code = s.unit_code) as department_code
    {FROM} and s.fiscal_year = $4 and ($5::text is null or s.unit_code = $5)
    order by s.unit_code, s.project_code limit $6
"""


async def export_forms(
    reads: Reads,
    layout: Layout,
    caller: Caller,
    fiscal_year: int,
    *,
    unit_code: str | None,
    rules: Rules,
) -> bytes:
    """The workbook; forms stand by unit and project. Raises NoFormsToExport, and TooManyForms
    rather than print half of them."""
    asked = (*await reach(reads, caller), fiscal_year, unit_code, MOST_FORMS + 1)
    found = await reads.all(_IDS, *asked)
    if not found:
        raise NoFormsToExport("该年度没有布置自评，或没有该单位的自评表，请核对单位代码")
    if len(found) > MOST_FORMS:
        raise TooManyForms(f"一次至多导出 {MOST_FORMS} 张表，请按单位（unit_code）分别导出")
    departments = {row["id"]: row["department_code"] or "" for row in found}
    forms = await self_evaluations_of(reads, caller, list(departments), rules)
    words = bands_of(rules, caller, fiscal_year)
    sheets = [form_of(one, department_code=departments[one.id], bands=words) for one in forms]
    return await asyncio.to_thread(fill, layout, sheets)


def bands_of(rules: Rules, caller: Caller, fiscal_year: int) -> Mapping[str, str]:
    """The words of qualitative results of a year, by code."""
    bands = profile_of(rules, caller.region_code, fiscal_year).bands
    return {band.code: band.label for band in bands}
