"""What the monitoring service learns from the others' feeds."""

from sqlalchemy import delete
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.clients import GoalApproved, RectificationRequested, UnitRegistered
from services.monitoring.tables import (
    ApprovedFund,
    ApprovedGoal,
    BudgetFund,
    BudgetVersion,
    Unit,
)
from services.monitoring.usecases.letters import open_requested_letter
from shared import clock
from shared.feed import Consumer

_OF_THE_BUDGET = ("version_no", "document_no", "approved_on", "fund_sources")


async def note_unit(session: AsyncSession, region_code: str, unit: UnitRegistered) -> None:
    """Keep the unit's name and office; an older version changes nothing."""
    row = insert(Unit).values(region_code=region_code, **unit.model_dump())
    newer = {name: row.excluded[name] for name in ("name", "office", "department_code", "version")}
    await session.execute(
        row.on_conflict_do_update(
            index_elements=("region_code", "code"),
            set_=newer,
            where=Unit.version < row.excluded.version,
        )
    )


async def note_goal(session: AsyncSession, region_code: str, goal: GoalApproved) -> None:
    """Keep the approved goal, its indicators and budget; an older version adds its budget only."""
    await note_budget(session, region_code, goal)
    values = goal.model_dump(mode="json", include={"indicators"}) | goal.model_dump(
        exclude={"funds", "indicators", *_OF_THE_BUDGET}
    )
    row = insert(ApprovedGoal).values(region_code=region_code, **values)
    applied = await session.scalar(
        row.on_conflict_do_update(
            index_elements=("region_code", "goal_id"),
            set_={name: row.excluded[name] for name in values if name != "goal_id"},
            where=ApprovedGoal.version < row.excluded.version,
        ).returning(ApprovedGoal.goal_id)
    )
    if applied is None:
        return
    await session.execute(
        delete(ApprovedFund).where(
            ApprovedFund.region_code == region_code, ApprovedFund.goal_id == goal.goal_id
        )
    )
    key = {"region_code": region_code, "goal_id": goal.goal_id}
    funds = [{**key, **fund.model_dump()} for fund in goal.funds]
    if funds:
        await session.execute(plain_insert(ApprovedFund), funds)


async def note_budget(session: AsyncSession, region_code: str, goal: GoalApproved) -> None:
    """Keep the budget of this version beside those of the others."""
    key = {
        "region_code": region_code,
        "fiscal_year": goal.fiscal_year,
        "project_code": goal.project_code,
        "version_no": goal.version_no,
    }
    row = insert(BudgetVersion).values(
        **key, document_no=goal.document_no, approved_on=goal.approved_on
    )
    applied = await session.scalar(row.on_conflict_do_nothing().returning(BudgetVersion.version_no))
    funds = [{**key, **fund.model_dump()} for fund in goal.budget()]
    if applied is not None and funds:
        await session.execute(plain_insert(BudgetFund), funds)


async def take_up_request(
    session: AsyncSession, region_code: str, request: RectificationRequested
) -> None:
    """Open the letter evaluation asked for."""
    await open_requested_letter(session, region_code, request, at=clock.now())


GOALS = Consumer(
    source="goals",
    handlers={
        "cn.wenxiao.unit.registered.v1": (UnitRegistered, note_unit),
        "cn.wenxiao.goal.approved.v1": (GoalApproved, note_goal),
    },
    projections=("budget_fund", "budget_version", "approved_fund", "approved_goal", "unit"),
)

EVALUATION = Consumer(
    source="evaluation",
    handlers={
        "cn.wenxiao.rectification.requested.v1": (RectificationRequested, take_up_request),
    },
    projections=(),
)
