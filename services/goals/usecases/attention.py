"""A goal's place in the review queue follows what the other services say of its project."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.queries.background import APPLIED, LETTERS, RESULTS, attention_of
from services.goals.tables import Goal
from shared import clock
from shared.db import wait_turn

#: Two feeds are followed at once, each in transactions of many events: goals are moved by one of
#: them at a time, or they would wait for each other's rows in a circle.
_ONE_AT_A_TIME = "goal.attention"

#: Goals that a review still lies before.
_AHEAD = text(f"""
    select y.id, y.attention, p.is_key, {RESULTS} as results, {LETTERS} as rectifications,
           {APPLIED} as applied
    from goal y join project p on p.region_code = y.region_code and p.code = y.project_code
    where y.region_code = :region_code and y.project_code = any (cast(:project_codes as text[]))
      and y.status not in ('reviewed', 'rejected', 'approved')
""")

_MOVE = text("""
    update goal g set attention = n.attention
    from unnest(cast(:ids as uuid[]), cast(:levels as int[])) as n(id, attention)
    where g.region_code = :region_code and g.id = n.id
""")


_OWN = text(f"""
    select p.is_key, {RESULTS} as results, {LETTERS} as rectifications,
           {APPLIED} as applied
    from goal y join project p on p.region_code = y.region_code and p.code = y.project_code
    where y.region_code = :region_code and y.id = :goal_id
""")


async def place_in_queue(session: AsyncSession, goal: Goal, *, at: datetime) -> None:
    """Put one goal, locked by the caller, where today's knowledge of its project places it."""
    values = {"region_code": goal.region_code, "goal_id": goal.id}
    row = (await session.execute(_OWN, values)).mappings().one_or_none()
    if row is not None:  # a whole department has no project whose past could be known
        goal.attention = attention_of(row, clock.business_day(at)).level


async def refresh_attention(
    session: AsyncSession, region_code: str, project_codes: Sequence[str]
) -> None:
    """Put the goals of these projects that await review where today's knowledge places them."""
    if not project_codes:
        return
    await wait_turn(session, _ONE_AT_A_TIME)
    key = {"region_code": region_code}
    rows = await session.execute(_AHEAD, {**key, "project_codes": list(project_codes)})
    today = clock.business_day(clock.now())
    goals = [dict(row) for row in rows.mappings()]
    placed = [(goal, attention_of(goal, today).level) for goal in goals]
    moved = {goal["id"]: level for goal, level in placed if level != goal["attention"]}
    if moved:
        values = {**key, "ids": list(moved), "levels": list(moved.values())}
        await session.execute(_MOVE, values)
