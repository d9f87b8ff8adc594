"""What the evaluation service learns from the others' feeds; an older version changes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.clients import (
    ApprovedGoalFact,
    ChangedExecution,
    ChangedRectification,
    Money,
    RefusedRectification,
    RegisteredUnit,
    SubmittedMonitoringForm,
)
from services.evaluation.tables import (
    ApprovedBudget,
    ApprovedFund,
    ApprovedGoal,
    Execution,
    ExecutionPaid,
    MonitoredForm,
    RectificationRefusal,
    RectificationState,
    Unit,
)
from shared.feed import Consumer


async def note_unit(session: AsyncSession, region_code: str, unit: RegisteredUnit) -> None:
    """Keep the unit's name and department."""
    await _newer(session, Unit, {"region_code": region_code, **unit.model_dump()})


async def note_approved_goal(
    session: AsyncSession, region_code: str, goal: ApprovedGoalFact
) -> None:
    """Keep what a self-evaluation of this project starts from."""
    row = {
        "region_code": region_code,
        **goal.model_dump(exclude={"funds", "fund_sources", "indicators", "version_no"}),
        "indicators": [row.model_dump(mode="json") for row in goal.indicators],
    }
    if await _newer(session, ApprovedGoal, row):
        key = {"region_code": region_code, "goal_id": goal.goal_id}
        await _replace_money(session, ApprovedFund, key, goal.funds)
        await _keep_budget(session, key, goal)


async def _keep_budget(
    session: AsyncSession, key: Mapping[str, Any], goal: ApprovedGoalFact
) -> None:
    """The budget as it stands now and, with the first approval, as it stood at first."""
    for is_initial in {False, goal.version_no == 1}:
        stage = {**key, "is_initial": is_initial}
        await session.execute(delete(ApprovedBudget).filter_by(**stage))
        rows = [
            {**stage, "fund_level": level, "kind": kind, "amount": amount}
            for (level, kind), amount in goal.budget().items()
        ]
        if rows:
            await session.execute(insert(ApprovedBudget), rows)


async def note_execution(
    session: AsyncSession, region_code: str, execution: ChangedExecution
) -> None:
    """Keep what was paid for a project in a year, by fund level."""
    row = {"region_code": region_code, **execution.model_dump(exclude={"paid"})}
    if await _newer(session, Execution, row):
        key = {
            "region_code": region_code,
            "project_code": execution.project_code,
            "fiscal_year": execution.fiscal_year,
        }
        await _replace_money(session, ExecutionPaid, key, execution.paid)


async def note_monitoring_form(
    session: AsyncSession, region_code: str, form: SubmittedMonitoringForm
) -> None:
    """Keep how far the indicators had come, to be offered when the year is self-evaluated."""
    rows = form.model_dump(mode="json", include={"rows"})
    row = {"region_code": region_code, **form.model_dump(exclude={"rows"}), **rows}
    await _newer(session, MonitoredForm, row)


async def note_rectification(
    session: AsyncSession, region_code: str, rectification: ChangedRectification
) -> None:
    """Keep the state of a rectification, so that who asked for it sees it."""
    row = {"region_code": region_code, **rectification.model_dump()}
    await _newer(session, RectificationState, row)


async def note_refusal(
    session: AsyncSession, region_code: str, refusal: RefusedRectification
) -> None:
    """Keep why no letter was written, so that who asked can ask again."""
    await _newer(
        session, RectificationRefusal, {"region_code": region_code, **refusal.model_dump()}
    )


async def _newer(session: AsyncSession, table: Any, row: Mapping[str, Any]) -> bool:
    """Insert the row, or overwrite an older version of it; answers whether it did."""
    statement = insert(table).values(row)
    keys = [column.name for column in table.__table__.primary_key]
    changed = {name: statement.excluded[name] for name in row if name not in keys}
    written = await session.execute(
        statement.on_conflict_do_update(
            index_elements=keys, set_=changed, where=table.version < statement.excluded.version
        ).returning(table.version)
    )
    return written.first() is not None


async def _replace_money(
    session: AsyncSession, table: Any, key: Mapping[str, Any], money: Sequence[Money]
) -> None:
    await session.execute(delete(table).filter_by(**key))
    if money:
        await session.execute(insert(table), [{**key, **part.model_dump()} for part in money])


GOALS = Consumer(
    source="goals",
    handlers={
        "cn.wenxiao.unit.registered.v1": (RegisteredUnit, note_unit),
        "cn.wenxiao.goal.approved.v1": (ApprovedGoalFact, note_approved_goal),
    },
    projections=("approved_budget", "approved_fund", "approved_goal", "unit"),
)

MONITORING = Consumer(
    source="monitoring",
    handlers={
        "cn.wenxiao.execution.changed.v1": (ChangedExecution, note_execution),
        "cn.wenxiao.monitoring_form.submitted.v1": (SubmittedMonitoringForm, note_monitoring_form),
        "cn.wenxiao.rectification.changed.v1": (ChangedRectification, note_rectification),
        "cn.wenxiao.rectification.refused.v1": (RefusedRectification, note_refusal),
    },
    projections=(
        "execution_paid",
        "execution",
        "rectification_refusal",
        "rectification_state",
        "monitored_form",
    ),
)
