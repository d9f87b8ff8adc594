"""年度主要任务 of a whole-department goal: named (C1), with amounts that add up (G4)."""

from collections.abc import Iterator
from decimal import Decimal

from services.goals.domain.coach_sheet import Finding, Sheet, plain, shown
from services.goals.domain.goal_content import Task


def _tasks(sheet: Sheet) -> Iterator[Finding]:
    if sheet.context.is_department and not sheet.content.tasks:
        yield sheet.finding(
            "G4", "/tasks", "部门整体目标没有年度主要任务",
            mend="请按职能列出年度主要任务，每项写明财政拨款和其他资金",
            proposal={"/tasks/-": _starter(sheet)},
        )  # fmt: skip
    for index, task in enumerate(sheet.content.tasks):
        yield from _task(sheet, index, task)


def _task(sheet: Sheet, index: int, task: Task) -> Iterator[Finding]:
    if not plain(task.name):
        yield sheet.finding(
            "C1", f"/tasks/{index}/name", f"第 {index + 1} 项任务没有名称",
            mend=f"请写任务名称，如“{sheet.coach['examples']['task']}”；不需要这一项就删去",
            example=f"{_subject(sheet)}第{index + 1}项任务",
        )  # fmt: skip
        return
    for field, amount in (
        ("fiscal_amount", task.fiscal_amount),
        ("other_amount", task.other_amount),
    ):
        if amount is not None and amount < 0:
            yield sheet.finding(
                "G4", f"/tasks/{index}/{field}", f"任务“{task.name}”的金额 {shown(amount)} 元是负数",
                mend="请填写不小于 0 的金额；没有的填 0",
                proposal={f"/tasks/{index}/{field}": shown(-amount)},
            )  # fmt: skip
    if sheet.context.is_department and task.fiscal_amount is None and task.other_amount is None:
        left = shown(_left(sheet))
        yield sheet.finding(
            "G4", f"/tasks/{index}/fiscal_amount", f"任务“{task.name}”没有填金额",
            mend="请填写安排的财政拨款和其他资金（元）；没有的填 0",
            example=left,
        )  # fmt: skip


def _sum(sheet: Sheet) -> Iterator[Finding]:
    """The total; silent while an amount is missing or negative."""
    amount, tasks = sheet.context.annual_amount, sheet.content.tasks
    if not sheet.context.is_department or amount is None or not tasks or not _sound(sheet):
        return
    total = sum((_amount(task) for task in tasks), Decimal(0))
    if total != amount:
        yield sheet.finding(
            "G4", "/tasks",
            f"各项任务金额合计 {shown(total)} 元，应等于年度资金总额 {shown(amount)} 元（各级资金合计）",
            mend="请核对各项任务的金额，使合计等于年度资金总额",
            proposal=_evened(sheet, amount - total),
        )  # fmt: skip


CHECKS = (_tasks, _sum)


def _sound(sheet: Sheet) -> bool:
    amounts = [(task.fiscal_amount, task.other_amount) for task in sheet.content.tasks]
    return all(
        (fiscal, other) != (None, None) and (fiscal or 0) >= 0 and (other or 0) >= 0
        for fiscal, other in amounts
    )


def _amount(task: Task) -> Decimal:
    return (task.fiscal_amount or Decimal(0)) + (task.other_amount or Decimal(0))


def _left(sheet: Sheet) -> Decimal:
    """What the other tasks leave of the year's money."""
    total = sum((_amount(task) for task in sheet.content.tasks), Decimal(0))
    return max((sheet.context.annual_amount or Decimal(0)) - total, Decimal(0))


def _evened(sheet: Sheet, difference: Decimal) -> dict[str, str]:
    """The difference on the task with the most appropriation, when it can bear it."""
    tasks = sheet.content.tasks
    index = max(range(len(tasks)), key=lambda i: tasks[i].fiscal_amount or Decimal(0))
    evened = (tasks[index].fiscal_amount or Decimal(0)) + difference
    return {f"/tasks/{index}/fiscal_amount": shown(evened)} if evened >= 0 else {}


def _starter(sheet: Sheet) -> dict[str, str]:
    task = {"name": f"{_subject(sheet)}主要任务"}
    if sheet.context.annual_amount is not None:
        task["fiscal_amount"] = shown(sheet.context.annual_amount)
    return task


def _subject(sheet: Sheet) -> str:
    return sheet.context.project_name or sheet.context.unit_name or ""
