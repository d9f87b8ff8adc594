"""Goals and indicators of every project, and the twelve first drafts the bureau sends back."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from random import Random

from deploy.demo.generate_files import Row, flag, plain
from deploy.demo.generate_projects import Project

GOAL_COLUMNS = ("project_code", "fiscal_year", "annual_goal", "draft_fault", "synthetic")
INDICATOR_COLUMNS = (
    "project_code", "position", "level1", "level2", "name", "operator", "target_value",
    "target_text", "unit_of_measure", "weight", "synthetic",
)  # fmt: skip
RETURNED_GOAL_COLUMNS = (
    "project_code", "fault", "field", "position", "first_value", "final_value", "grade", "reason",
    "synthetic",
)  # fmt: skip


@dataclass(frozen=True)
class Indicator:
    position: int
    level1: str
    level2: str
    name: str
    operator: str
    target: Decimal | None
    text: str
    unit: str
    weight: Decimal

    @property
    def counted(self) -> bool:
        """A number of things, that may be exceeded; a rate cannot."""
        return self.level2 == "quantity"


@dataclass(frozen=True)
class Goal:
    project: Project
    indicators: list[Indicator]

    def of(self, level2: str) -> Indicator:
        return next(row for row in self.indicators if row.level2 == level2)


def build_goals(projects: list[Project]) -> list[Goal]:
    return [Goal(project, _indicators(project)) for project in projects]


def goal_rows(goals: list[Goal], returned: list[Row]) -> Iterator[Row]:
    faulty = {row["project_code"] for row in returned}
    for goal in goals:
        yield {
            "project_code": goal.project.code,
            "fiscal_year": "2023",
            "annual_goal": goal.project.plan.goal,
            "draft_fault": flag(goal.project.code in faulty),
            "synthetic": "true",
        }


def indicator_rows(goals: list[Goal]) -> Iterator[Row]:
    for goal in goals:
        for row in goal.indicators:
            yield {
                "project_code": goal.project.code,
                "position": str(row.position),
                "level1": row.level1,
                "level2": row.level2,
                "name": row.name,
                "operator": row.operator,
                "target_value": "" if row.target is None else plain(row.target),
                "target_text": row.text,
                "unit_of_measure": row.unit,
                "weight": plain(row.weight),
                "synthetic": "true",
            }


def _indicators(project: Project) -> list[Indicator]:
    """Output 50, benefit 30, satisfaction 10; with a cost row the benefit is the state alone."""
    plan = project.plan
    quantity = f"{plan.quantity_name} >= {plan.quantity} {plan.quantity_unit}"
    weights = (15, 15, 10) if plan.cost else (20, 15, 15)
    rows = [
        ("output", "quantity", quantity, weights[0]),
        ("output", "quality", plan.quality, weights[1]),
        ("output", "timeliness", plan.timeliness, weights[2]),
    ]
    if plan.cost:
        rows.append(("output", "cost", _cost(project), 10))
    else:
        level2, short = plan.benefit.split(maxsplit=1)
        rows.append(("benefit", level2, short, 15))
    level2, short = plan.state.split(maxsplit=1)
    rows.append(("benefit", level2, short, 30 if plan.cost else 15))
    rows.append(("satisfaction", "satisfaction", plan.satisfaction, 10))
    return [_indicator(number, *row) for number, row in enumerate(rows, start=1)]


def _cost(project: Project) -> str:
    name, unit = project.plan.cost.split()
    limit = (project.total / project.plan.quantity).quantize(Decimal(1), rounding=ROUND_CEILING)
    return f"{name} <= {limit} {unit}"


def _indicator(position: int, level1: str, level2: str, short: str, weight: int) -> Indicator:
    """Reads “名称 >= 数 单位”, or “名称：状态” for a qualitative one."""
    if "：" in short:
        name, text = short.split("：")
        return Indicator(
            position, level1, level2, name, "qualitative", None, text, "", Decimal(weight)
        )
    name, operator, target, unit = short.split()
    return Indicator(
        position, level1, level2, name, operator, Decimal(target), "", unit, Decimal(weight)
    )


def returned_goals(goals: list[Goal]) -> list[Row]:
    """Faults only a reader sees: every check of the form lets them pass."""
    rng = Random("xingqing-2023-returned-goals")
    invented = [goal for goal in goals if goal.project.invented]
    costed = [goal for goal in invented if goal.project.plan.cost]
    free = [goal for goal in invented if not goal.project.plan.cost]
    without_cost, with_cost = rng.sample(free, 9), rng.sample(costed, 3)
    rows = [_quantity_too_low(goal) for goal in without_cost[:4]]
    rows += [_satisfaction_too_low(goal) for goal in without_cost[4:7]]
    rows += [_goal_says_nothing(goal) for goal in without_cost[7:]]
    rows += [_cost_too_high(goal) for goal in with_cost]
    return sorted(rows, key=lambda row: row["project_code"])


def _quantity_too_low(goal: Goal) -> Row:
    row, total = goal.of("quantity"), goal.project.total
    target = goal.project.plan.quantity
    first = max(target // 8, 1)
    reason = (
        f"年度资金 {plain(total / 10000)} 万元，按测算单价约可完成 {target} {row.unit}，"
        f"申报目标只有 {first} {row.unit}，目标与资金不匹配，请按测算依据重报。"
    )
    values = {"first_value": str(first), "final_value": str(target)}
    return _returned(goal, "quantity_too_low_for_money", row, reason, values)


def _satisfaction_too_low(goal: Goal) -> Row:
    row = goal.of("satisfaction")
    reason = (
        f"满意度目标 60 % 低于同类项目通常的 {_target(row)} %，不足以说明服务对象认可，请重报。"
    )
    values = {"first_value": "60", "final_value": _target(row)}
    return _returned(goal, "satisfaction_too_low", row, reason, values)


def _cost_too_high(goal: Goal) -> Row:
    row = goal.of("cost")
    first = str(int(_target(row)) * 3)
    reason = (
        f"{row.name}上限 {first} 元，是资金除以数量得出的 {_target(row)} 元的三倍，"
        "成本上限不起约束作用，请按测算单价重报。"
    )
    values = {"first_value": first, "final_value": _target(row)}
    return _returned(goal, "cost_ceiling_too_high", row, reason, values)


def _goal_says_nothing(goal: Goal) -> Row:
    reason = "年度目标没有写明购买什么、做多少、为谁做，无法与资金和指标核对，请写清后重报。"
    values = {
        "first_value": "按照年度工作安排完成项目各项任务，保障单位工作按计划开展",
        "final_value": goal.project.plan.goal,
    }
    return _returned(goal, "goal_names_no_work", None, reason, values)


def _returned(
    goal: Goal, fault: str, row: Indicator | None, reason: str, values: dict[str, str]
) -> Row:
    return {
        "project_code": goal.project.code,
        "fault": fault,
        "field": "target_value" if row else "annual_goal",
        "position": str(row.position) if row else "",
        **values,
        "grade": "fair",
        "reason": reason,
        "synthetic": "true",
    }


def _target(row: Indicator) -> str:
    return "" if row.target is None else plain(row.target)
