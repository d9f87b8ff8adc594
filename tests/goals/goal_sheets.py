"""Goals as they are printed on the official form; names are synthetic and say so."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid5

from services.goals.domain import rules_in_force
from services.goals.domain.goal_content import GoalContent, Indicator, Task
from services.goals.domain.indicator_trees import tree_of
from services.goals.usecases import forms
from services.goals.usecases.goal_forms import GoalSheet

LAYOUTS = forms.load().layouts
PROJECT = LAYOUTS["project-goal"]
DEPARTMENT = LAYOUTS["department-goal"]
RULES = rules_in_force.load()
TREES = {
    rule_id: tree_of(RULES[rule_id].on(date(2024, 1, 1)))
    for rule_id in ("goal-form", "goal-form-2021")
}

_NAMESPACE = UUID("6a0f7c36-0000-7000-8000-000000000000")


def an_id(name: object) -> UUID:
    """The same id for the same name."""
    return uuid5(_NAMESPACE, str(name))


def lamps(number: int, **changes: object) -> Indicator:
    """One row of a street-lamp project."""
    row = Indicator(
        row_id=an_id(number),
        level1="output",
        level2="quantity",
        name=f"第 {number} 条支路改造路灯数量",
        operator=">=",
        target_value=Decimal(100 + number),
        unit_of_measure="盏",
        weight=Decimal("7.5"),
        evidence="竣工验收单、移交清单",
        scoring_rule="每少 1 盏扣 0.5 分，扣完为止",
        library_id=an_id("路灯"),
    )
    return Indicator(**{**row.__dict__, **changes})


def sheet_of(content: GoalContent, number: int = 1) -> GoalSheet:
    """A project's goal with what the system prints around it."""
    return GoalSheet(
        goal_id=an_id(f"goal {number}"),
        version=number % 9 + 1,
        facts={
            "fiscal_year": "2024",
            "project_name": f"路灯改造 {number}（示例）",
            "project_code": f"64010424T{number:012d}",
            "department_name": "住房和城乡建设局（示例）",
            "department_code": "219",
            "unit_name": "路灯管理所（示例）",
            "unit_code": "219001",
            "project_kind": "new",
            "period_start_on": date(2024, 1, 1),
            "period_end_on": date(2026, 12, 31),
            "midterm_total": Decimal("30000000.00"),
            "midterm_fiscal": Decimal("29999999.99"),
            "midterm_other": Decimal("0.01"),
            "annual_total": Decimal("10000000.00"),
            "annual_fiscal": Decimal("10000000.00"),
            "annual_other": Decimal(0),
        },
        content=content,
    )


def twelve_indicators(number: int = 1) -> GoalContent:
    """A goal of ordinary length."""
    return GoalContent(
        annual_goal=f"为城区三条支路更换路灯 {number} 批，方便居民夜间出行。",
        indicators=tuple(lamps(number * 100 + row) for row in range(12)),
    )


def department_sheet(content: GoalContent) -> GoalSheet:
    """A whole department's goal."""
    return GoalSheet(
        goal_id=an_id("department"),
        version=1,
        facts={
            "fiscal_year": "2024",
            "department_name": "教育局（示例）",
            "department_code": "105",
            "budget_total": Decimal("120000000.00"),
            "budget_basic": Decimal("80000000.00"),
            "budget_project": Decimal("40000000.00"),
        },
        content=content,
    )


def two_tasks() -> tuple[Task, ...]:
    """年度主要任务."""
    return (
        Task("校舍安全排查与加固", "排查 61 栋，加固 9 栋", Decimal("12500000.01"), Decimal(0)),
        Task("学前教育普惠扩容", None, Decimal("8000000"), None),
    )
