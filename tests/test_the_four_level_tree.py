"""A goal of the four-level tree (财预〔2021〕101号) goes through the year: 成本 is a first level of its
own in the monitoring form and in the self-evaluation."""

from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from deploy.local import Stack
from services.goals.schemas.events import ApprovedIndicator, Fund, GoalApproved, SourceFund
from shared import clock
from shared.db import create_engine, sessions_of
from shared.feed import publish
from tests.conftest import eventually
from tests.evaluation.builders import FORMS, UNIT, opened_forms, submit
from tests.monitoring import arranged
from tests.world import World, created

ROWS = [
    ("cost", "economic_cost", "每盏改造成本", "<=", "8000", "元", "10"),
    ("cost", "social_cost", "施工占道天数", "<=", "15", "天", "5"),
    ("cost", "ecological_cost", "夜间光污染投诉", "=", "0", "件", "5"),
    ("output", "quantity", "改造路灯数量", ">=", "120", "盏", "30"),
    ("benefit", "social", "支路亮灯率", ">=", "98", "%", "30"),
    ("satisfaction", "satisfaction", "居民满意度", ">=", "90", "%", "10"),
]
COST_LABELS = [
    ("成本指标", "经济成本指标"),
    ("成本指标", "社会成本指标"),
    ("成本指标", "生态环境成本指标"),
]


def approved(project: str) -> GoalApproved:
    """The fact of a goal of the four-level tree, as the goals feed carries it."""
    return GoalApproved(
        goal_id=uuid4(),
        version=1,
        version_no=1,
        project_code=project,
        project_name="路灯改造（示例）",
        unit_code=UNIT,
        unit_name=f"第{UNIT}单位（示例）",
        department_code=UNIT[:3],
        office="教科文室（示例）",
        fiscal_year=2023,
        document_no="财预〔2023〕1号（示例）",
        approved_on=date(2023, 1, 31),
        category="specific",
        is_key=False,
        sector=None,
        funds=[Fund(fund_level="county", amount=Decimal("1000000.00"))],
        fund_sources=[
            SourceFund(fund_level="county", source="appropriation", amount=Decimal("1000000.00"))
        ],
        annual_goal="为城区三条支路更换路灯一百二十盏。",
        indicators=[
            ApprovedIndicator(
                position=position,
                level1=level1,
                level2=level2,
                name=name,
                operator=operator,
                target_value=Decimal(target),
                target_text=None,
                unit_of_measure=unit,
                weight=Decimal(weight),
            )
            for position, (level1, level2, name, operator, target, unit, weight) in enumerate(
                ROWS, start=1
            )
        ],
        synthetic=True,
    )


@pytest.fixture
async def project(world: World, stack: Stack) -> AsyncIterator[str]:
    """A project whose goal of the four-level tree was approved."""
    await world.unit(UNIT)
    code = "64010423T000000000001"
    engine = create_engine(stack.admin_url, process="goals", schema="goals", pool_size=1)
    async with sessions_of(engine, on_commit=lambda: None).begin() as session:
        await publish(session, world.region_code, approved(code), at=clock.now())
    yield code
    await engine.dispose()


async def test_cost_is_monitored_and_reported_on_like_any_row(world: World, project: str) -> None:
    await arranged.learnt(world, project)
    monitoring = await arranged.open_round(world)
    form = await arranged.form_of(world, project)
    labels = [(row["level1_label"], row["level2_label"]) for row in form["rows"]]
    assert labels[:3] == COST_LABELS
    await arranged.submitted_form(world, form)
    run = await arranged.run_rules(world, monitoring)
    assert run["id"]
    warnings = await arranged.warnings_of(world, fiscal_year=2023)
    assert {warning["project_code"] for warning in warnings} == {project}


async def test_cost_is_self_evaluated_and_counts_with_output(world: World, project: str) -> None:
    [form] = await opened_forms(world, project)
    labels = [(row["level1_label"], row["level2_label"]) for row in form["rows"]]
    assert labels[:3] == COST_LABELS
    actual = ["8000", "12", "0", "120", "98", "90"]
    patch = {
        "goal_actual": "已更换路灯一百二十盏。",
        "exec_reason": "款项结转次年支付",
        "rows": [
            {"position": position, "actual_value": value}
            for position, value in enumerate(actual, start=1)
        ],
    }
    filled = await world.filler().patch(f"{FORMS}/{form['id']}", patch, version=form["version"])
    assert filled.status_code == 200, filled.text
    sent = created(await submit(world, dict(filled.json())))
    scores = [Decimal(row["score"]) for row in sent["rows"]]
    assert scores == [Decimal(row[-1]) for row in ROWS]
    assert (sent["total"], sent["grade"]) == ("90.00", "excellent")
    await world.project(code=project)

    path = f"/goals/projects/{project}/background"

    async def learnt() -> bool:
        answer = await world.officer.get(path, fiscal_year=2024)
        return bool(answer.json()["self_evaluations"])

    await eventually(learnt)
    known = (await world.officer.get(path, fiscal_year=2024)).json()["self_evaluations"]
    rows = [(row["level1_label"], row["level2_label"]) for row in known[0]["rows"]]
    assert rows[:3] == COST_LABELS
