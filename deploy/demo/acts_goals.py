"""Act 1, goals (目标): the year's projects, 271 goals, their review, approval and disclosure."""

from decimal import Decimal
from functools import partial

from deploy.demo.carry import carry
from deploy.demo.client import Client, Item
from deploy.demo.data_files import YEAR, DemoData, Row, approver, cells, filler, is_true
from deploy.demo.progress import Step

_APPROVAL = {
    "document_no": "兴财预〔2023〕18号（示例）",
    "fiscal_year": YEAR,
    "approved_on": "2023-02-10",
    "goal_ids": None,
}
_DISCLOSED_ON = "2023-02-24"
_CHECK_EVERY = 10
_INDICATOR = (
    "level1", "level2", "name", "operator", "target_value", "target_text", "unit_of_measure",
    "weight",
)  # fmt: skip


async def push_projects(client: Client, data: DemoData, _step: Step) -> str:
    """The budget system pushes units, projects and their funds of every level."""
    units = [
        {**cells(row, "code", "name", "department_code", "office"), **_synthetic(row)}
        for row in data.units
    ]
    unit_count = await client.bulk("integration", "/goals/unit-imports", units, key=str(YEAR))
    projects = [_project(data, row) for row in data.projects]
    count = await client.bulk("integration", "/goals/project-imports", projects, key=str(YEAR))
    return f"{unit_count} 个单位，{count} 个项目及分级次预算"


async def check_drafts(client: Client, data: DemoData, step: Step) -> str:
    """Some fillers ask before they save what there is to mend."""
    checks: list[Item] = []

    async def check(row: Row) -> None:
        user = filler(data.unit_of[row["project_code"]])
        body, key = _first_draft(data, row), f"goal-check:{row['project_code']}"
        checks.append(await client.post(user, "/goals/goal-checks", body, key=key))

    await step.each(data.goals[::_CHECK_EVERY], check)
    hints = sum(len(answer["findings"]) for answer in checks)
    return f"{len(checks)} 份草稿先行检查，{hints} 处提示"


async def agree_goals(client: Client, data: DemoData, step: Step) -> str:
    """Fillers draft, approvers submit, the officer reviews; what is returned is mended."""
    known = {
        goal["project_code"]: goal
        for goal in await client.every("officer", "/goals/goals", fiscal_year=YEAR)
    }
    returned: set[str] = set()
    moves = {
        "draft": partial(_submit, client),
        "submitted": partial(_review, client, data, returned),
        "returned": partial(_mend, client, data),
    }

    async def agree(row: Row) -> None:
        goal = known.get(row["project_code"])
        if goal is None:
            goal = await _draft(client, data, row)
        elif goal["status"] in moves:
            goal = await client.get("officer", f"/goals/goals/{goal['id']}")
        await carry(goal, moves)

    await step.each(data.goals, agree)
    return f"{len(data.goals)} 个目标，本次退回 {len(returned)} 个并改后通过"


async def approve_goals(client: Client, _data: DemoData, _step: Step) -> str:
    """The reviewer approves all goals in one batch with the budget."""
    batch = await client.ensure("reviewer", "/goals/approval-batches", _APPROVAL, by="document_no")
    amount = Decimal(batch["amount"]) / 10000
    return f"{batch['document_no']}，{batch['goal_count']} 个目标，各级资金 {amount:,.2f} 万元"


async def disclose_goals(client: Client, _data: DemoData, step: Step) -> str:
    """Every unit publishes its approved goals."""
    waiting = await client.every(
        "officer", "/goals/goals", fiscal_year=YEAR, status="approved", disclosed=False
    )

    async def disclose(unit_code: str) -> None:
        body = {
            "fiscal_year": YEAR,
            "unit_code": unit_code,
            "url": f"https://open.example/{YEAR}/{unit_code}",
            "disclosed_on": _DISCLOSED_ON,
        }
        key = f"disclosure:{YEAR}:{unit_code}"
        await client.post(approver(unit_code), "/goals/disclosures", body, key=key)

    await step.each(sorted({goal["unit_code"] for goal in waiting}), disclose)
    coverage = await client.get("officer", "/goals/coverage", fiscal_year=YEAR)
    shown = coverage["disclosure"]
    return f"已公开 {shown['numerator']}/{shown['denominator']}，逾期 {shown['late']}"


async def _draft(client: Client, data: DemoData, row: Row) -> Item:
    project = row["project_code"]
    user, key = filler(data.unit_of[project]), f"goal:{YEAR}:{project}"
    return await client.post(user, "/goals/goals", _first_draft(data, row), key=key)


async def _submit(client: Client, goal: Item) -> Item:
    path = f"/goals/goals/{goal['id']}/submissions"
    key = f"goal-submission:{goal['id']}:{goal['version']}"
    return await client.post(approver(goal["unit_code"]), path, {}, key=key, seen=goal)


async def _review(client: Client, data: DemoData, returned: set[str], goal: Item) -> Item:
    fault = data.draft_faults.get(goal["project_code"])
    verdict = {"grade": "excellent", "reason": None}
    if fault is not None and _is_faulty(goal, fault):
        verdict = {"grade": fault["grade"], "reason": fault["reason"]}
        returned.add(goal["project_code"])
    path = f"/goals/goals/{goal['id']}/reviews"
    key = f"goal-review:{goal['id']}:{goal['version']}"
    return await client.post("officer", path, verdict, key=key, seen=goal)


async def _mend(client: Client, data: DemoData, goal: Item) -> Item:
    fault = data.draft_faults[goal["project_code"]]
    if not _is_faulty(goal, fault):
        return await _submit(client, goal)
    project = goal["project_code"]
    body = {"annual_goal": goal["annual_goal"], "indicators": _indicators(data, project)}
    _write(body, fault, fault["final_value"])
    user = filler(goal["unit_code"])
    return await client.patch(user, f"/goals/goals/{goal['id']}", body, seen=goal)


def _first_draft(data: DemoData, row: Row) -> Item:
    project = row["project_code"]
    body = {
        "project_code": project,
        "fiscal_year": YEAR,
        "annual_goal": row["annual_goal"],
        "indicators": _indicators(data, project),
    }
    fault = data.draft_faults.get(project)
    if fault is not None:
        _write(body, fault, fault["first_value"])
    return body


def _is_faulty(goal: Item, fault: Row) -> bool:
    if not fault["position"]:
        return bool(goal[fault["field"]] == fault["first_value"])
    row = goal["indicators"][int(fault["position"]) - 1]
    return bool(row[fault["field"]] == fault["first_value"])


def _write(body: Item, fault: Row, value: str) -> None:
    row = body["indicators"][int(fault["position"]) - 1] if fault["position"] else body
    row[fault["field"]] = value


def _indicators(data: DemoData, project: str) -> list[Item]:
    return [cells(row, *_INDICATOR) for row in data.indicators[project]]


def _project(data: DemoData, row: Row) -> Item:
    funds = [cells(fund, "fund_level", "amount") for fund in data.funds[row["code"]]]
    names = ("code", "name", "unit_code", "category", "kind")
    return {**cells(row, *names), "fiscal_year": YEAR, "funds": funds, **_synthetic(row)}


def _synthetic(row: Row) -> dict[str, bool]:
    return {"synthetic": is_true(row["synthetic"])}
