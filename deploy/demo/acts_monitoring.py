"""Act 2, monitoring (监控): payments, the mid-year forms, warnings and the letters about them."""

from functools import partial

from deploy.demo.carry import carry, until_learnt
from deploy.demo.client import Client, Item
from deploy.demo.data_files import (
    YEAR,
    DemoData,
    Row,
    Rows,
    approver,
    by,
    cells,
    filler,
    listed,
    numbered,
)
from deploy.demo.progress import Step
from deploy.demo.rectify import rectify

_AS_OF = f"{YEAR}-07-31"
_ROUND = {
    "fiscal_year": YEAR,
    "name": f"{YEAR} 年 1–7 月绩效运行监控（示例）",
    "period_from": f"{YEAR}-01-01",
    "period_to": _AS_OF,
    "due_on": f"{YEAR}-08-31",
}
_PAYMENT = ("voucher_no", "project_code", "fund_level", "amount", "paid_on")


async def push_payments_to_july(client: Client, data: DemoData, _step: Step) -> str:
    """The treasury's payments of the first seven months."""
    early = [row for row in data.payments if row["paid_on"] <= _AS_OF]
    return await _push(client, early, key="to-july")


async def push_later_payments(client: Client, data: DemoData, _step: Step) -> str:
    """The payments of the rest of the year."""
    late = [row for row in data.payments if row["paid_on"] > _AS_OF]
    return await _push(client, late, key="after-july")


async def open_round(client: Client, _data: DemoData, _step: Step) -> str:
    """The officer opens the mid-year round once every approved goal is known to monitoring."""
    coverage = await client.get("officer", "/goals/coverage", fiscal_year=YEAR)

    async def known() -> int:
        rows = await client.every("officer", "/monitoring/executions", fiscal_year=YEAR)
        return sum(row["project_name"] is not None for row in rows)

    approved = coverage["goal_coverage"]["numerator"]
    await until_learnt("监控服务获知的批复目标", known, expected=approved)
    opened = await _the_round(client)
    return f"{opened['name']}，{opened['form_count']} 张监控表"


async def fill_forms(client: Client, data: DemoData, step: Step) -> str:
    """Fillers fill in, approvers submit, the officer accepts or returns with the reason."""
    monitoring = await _the_round(client)
    forms = await client.every("officer", "/monitoring/monitoring-forms", round_id=monitoring["id"])
    returned: set[str] = set()
    moves = {
        "open": partial(_fill, client, data),
        "returned": partial(_fill, client, data),
        "submitted": partial(_review, client, data, returned),
    }

    async def settle(form: Item) -> None:
        if form["status"] == "submitted":  # whoever reviews reads the rows as well
            form = await client.get("officer", f"/monitoring/monitoring-forms/{form['id']}")
        await carry(form, moves)

    await step.each(forms, settle)
    return f"{len(forms)} 张监控表，本次退回 {len(returned)} 张并补充后通过"


async def run_rules(client: Client, _data: DemoData, _step: Step) -> str:
    """The officer lets the system judge every project as of the end of July."""
    monitoring = await _the_round(client)
    body = {"round_id": monitoring["id"], "as_of": _AS_OF}
    run = await client.ensure("officer", "/monitoring/rule-runs", body, by="as_of")
    lights = run["colours"]
    return (
        f"判定 {run['evaluated']} 个项目：红 {lights['red']}、黄 {lights['yellow']}、"
        f"绿 {lights['green']}、不适用 {lights['not_applicable']}；预警 {run['opened']} 条"
    )


async def send_letters(client: Client, data: DemoData, step: Step) -> str:
    """A letter to each unit about its warnings; the unit reports measures, the officer verifies."""
    warnings = await client.every("officer", "/monitoring/warnings", fiscal_year=YEAR)
    sent = await client.every("officer", "/monitoring/rectifications", fiscal_year=YEAR)
    known = {letter["letter_no"]: letter for letter in sent}
    verified: list[str] = []

    async def settle(row: Row) -> None:
        letter = known.get(row["letter_no"]) or await _send(client, row, warnings)
        letter = await rectify(client, letter, row, verify=row["outcome"] == "verified")
        verified.extend([letter["letter_no"]] if letter["status"] == "verified" else [])

    await step.each(data.warning_letters, settle)
    return f"{len(data.warning_letters)} 封整改函，核实销号 {len(verified)} 封"


async def _the_round(client: Client) -> Item:
    return await client.ensure("officer", "/monitoring/monitoring-rounds", _ROUND, by="name")


async def _push(client: Client, rows: Rows, *, key: str) -> str:
    items = [{**cells(row, *_PAYMENT), "fiscal_year": YEAR} for row in rows]
    count = await client.bulk("integration", "/monitoring/payment-imports", items, key=key)
    return f"{count} 笔支付"


async def _fill(client: Client, data: DemoData, form: Item) -> Item:
    rows = _form_rows(data, form["project_code"])
    fault = data.form_faults.get(form["project_code"])
    if fault is not None and form["status"] == "open":
        rows[int(fault["position"]) - 1][fault["field"]] = fault["first_value"]
    body = {**cells(data.forms[form["project_code"]], "executed_forecast"), "rows": rows}
    path = f"/monitoring/monitoring-forms/{form['id']}"
    filled = await client.patch(filler(form["unit_code"]), path, body, seen=form)
    key = f"form-submission:{form['id']}:{filled['version']}"
    user = approver(form["unit_code"])
    return await client.post(user, f"{path}/submissions", {}, key=key, seen=filled)


def _form_rows(data: DemoData, project: str) -> list[Item]:
    rows = data.form_rows[project]
    filled = numbered(
        rows, "actual_to_date", "actual_forecast", "band", "deviation_text", "likelihood"
    )
    return [
        {**cell, "deviation_causes": listed(row["deviation_causes"])}
        for cell, row in zip(filled, rows, strict=True)
    ]


async def _review(client: Client, data: DemoData, returned: set[str], form: Item) -> Item:
    fault = data.form_faults.get(form["project_code"])
    verdict: Item = {"decision": "accept", "reason": None}
    if fault is not None and _is_faulty(form, fault):
        verdict = {"decision": "return", "reason": fault["reason"]}
        returned.add(form["project_code"])
    path = f"/monitoring/monitoring-forms/{form['id']}/reviews"
    key = f"form-review:{form['id']}:{form['version']}"
    return await client.post("officer", path, verdict, key=key, seen=form)


def _is_faulty(form: Item, fault: Row) -> bool:
    row = form["rows"][int(fault["position"]) - 1]
    return bool(row[fault["field"]] == fault["first_value"])


async def _send(client: Client, row: Row, warnings: list[Item]) -> Item:
    projects = listed(row["project_codes"])
    warned = by([one for one in warnings if one["level"] == "red"], "project_code")
    body = {
        **cells(row, "letter_no", "unit_code", "due_on"),
        "warning_ids": [one["id"] for project in projects for one in warned.get(project, [])],
        "problems": [{"project_code": project, "text": row["text"]} for project in projects],
    }
    key = f"rectification:{row['letter_no']}"
    return await client.post("officer", "/monitoring/rectifications", body, key=key)
