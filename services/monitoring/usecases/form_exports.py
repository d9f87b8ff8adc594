"""监控表的导出: a round's forms as one workbook with a sheet for each."""

import asyncio
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.monitoring.errors import NoFormsToExport, TooManyForms
from services.monitoring.queries.forms import FormToPrint, forms_to_print
from services.monitoring.queries.rounds import one_round
from services.monitoring.usecases.form_sheets import FormSheet, SheetRow, form_of
from shared.auth import Caller
from shared.db import Reads
from shared.workbooks.fill import fill
from shared.workbooks.layout import Layout

#: As many as a person can look through, and a process can print while others wait.
MOST_FORMS = 500


async def export_forms(
    reads: Reads, layout: Layout, caller: Caller, round_id: UUID, *, unit_code: str | None
) -> bytes:
    """The workbook; forms stand by unit and project. Raises NotFound, NoFormsToExport, and
    TooManyForms rather than print half of them."""
    await one_round(reads, caller, round_id)
    found = await forms_to_print(reads, caller, round_id, unit_code=unit_code, limit=MOST_FORMS + 1)
    if not found:
        raise NoFormsToExport("这次监控没有该单位的监控表，请核对单位代码")
    if len(found) > MOST_FORMS:
        raise TooManyForms(f"一次至多导出 {MOST_FORMS} 张表，请按单位（unit_code）分别导出")
    return await asyncio.to_thread(fill, layout, [form_of(_sheet(one)) for one in found])


def _sheet(form: FormToPrint) -> FormSheet:
    row = form.row
    names = (
        "round_name", "due_on", "project_name", "project_code", "department_name",
        "department_code", "unit_name", "unit_code", "executed_forecast", "annual_goal",
    )  # fmt: skip
    facts = {name: row[name] for name in names}
    facts |= {
        "fiscal_year": str(row["fiscal_year"]),
        "period": f"{row['period_from']} 至 {row['period_to']}",
    }
    entries: list[Mapping[str, Any]] = orjson.loads(row["rows"])
    return FormSheet(
        form_id=row["id"],
        version=row["version"],
        facts=facts,
        funds=[
            {
                "fund_level": fund.fund_level_label,
                "budget": fund.budget,
                "executed_to_date": fund.executed_to_date,
                "rate": fund.rate,
            }
            for fund in form.funds
        ],
        rows=[
            SheetRow(entry["level1"], entry["target_text"], content)
            for entry, content in zip(entries, form.content.rows, strict=True)
        ],
    )
