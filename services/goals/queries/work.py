"""待办: what waits for the caller in the goals service."""

from services.goals.schemas.goals import WorkItem, WorkItems
from shared.auth import Caller, Role
from shared.db import Reads

_COUNTS = """
    select fiscal_year, status, disclosure_id is not null as disclosed, count(*) as count
    from goal where region_code = $1 and ($2::text[] is null or unit_code = any ($2))
      and (status <> 'approved' or disclosure_id is null)
    group by 1, 2, 3 order by 1, 2
"""

#: (role, goal status) → (kind, title, action)
_WAITING = {
    (Role.UNIT_FILLER, "draft"): ("goal_draft", "绩效目标草稿待完善", "goal.draft"),
    (Role.UNIT_FILLER, "returned"): ("goal_returned", "绩效目标被退回，待修改", "goal.draft"),
    (Role.UNIT_APPROVER, "draft"): ("goal_to_submit", "绩效目标待审核报送", "goal.submit"),
    (Role.UNIT_APPROVER, "returned"): ("goal_to_submit", "退回的绩效目标待报送", "goal.submit"),
    (Role.UNIT_APPROVER, "approved"): ("goal_to_disclose", "已批复目标待公开", "goal.disclose"),
    (Role.FINANCE_OFFICER, "submitted"): ("goal_to_review", "绩效目标待审核", "goal.review"),
    (Role.FINANCE_REVIEWER, "reviewed"): ("goal_to_approve", "绩效目标待批复", "goal.approve"),
}


async def work_items(reads: Reads, caller: Caller) -> WorkItems:
    """One item per year and kind of work, with how many goals wait."""
    rows = await reads.all(_COUNTS, caller.region_code, caller.units)
    items = []
    for row in rows:
        for role in sorted(caller.principal.roles):
            waiting = _WAITING.get((role, row["status"]))
            if waiting is not None:
                kind, title, action = waiting
                href = (
                    f"/api/v1/goals/goals?fiscal_year={row['fiscal_year']}&status={row['status']}"
                )
                items.append(
                    WorkItem(
                        kind=kind,
                        title=f"{row['fiscal_year']} 年{title}",
                        href=href + ("&disclosed=false" if row["status"] == "approved" else ""),
                        due_on=None,
                        count=row["count"],
                        action=action,
                    )
                )
    return WorkItems(items=items)
