"""待办: what waits for the caller in the goals service, and until when."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from services.goals.domain.disclosure import disclosure_due
from services.goals.schemas.coverage import WorkItem, WorkItems
from shared.auth import Caller, Role
from shared.db import Reads
from shared.rulebook import Rule

#: What waits, by year: a goal's state, `to_disclose`, or `notice`. $3 are the days the
#: publication may take.
_WAITING = """
    select g.status as what, g.fiscal_year, count(*) as count,
           case g.status when 'submitted' then c.review_by when 'reviewed' then c.approve_by
                else c.submit_by end as due_on
    from goal g
    left join budget_cycle c on c.region_code = g.region_code and c.fiscal_year = g.fiscal_year
    where g.region_code = $1 and ($2::text[] is null or g.unit_code = any ($2))
      and g.status in ('draft', 'returned', 'improving', 'submitted', 'reviewed')
    group by 1, 2, 4
    union all
    select 'to_disclose', g.fiscal_year, count(*), min(b.approved_on) + $3::int
    from goal g join approval_batch b on b.region_code = g.region_code and b.id = g.batch_id
    where g.region_code = $1 and ($2::text[] is null or g.unit_code = any ($2))
      and g.disclosed_version is distinct from g.approved_version
      and g.disclosure_exemption is null
    group by 2
    union all
    select 'notice', b.fiscal_year, count(*), null
    from notice n join approval_batch b on b.region_code = n.region_code and b.id = n.batch_id
    where n.region_code = $1 and ($2::text[] is null or n.unit_code = any ($2))
      and n.received_at is null
    group by 2
    order by 2, 1
"""

#: (role, what) → (kind, title, action)
_HANDS = {
    (Role.UNIT_FILLER, "draft"): ("goal_draft", "绩效目标草稿待完善", "goal.revise"),
    (Role.UNIT_FILLER, "returned"): ("goal_returned", "绩效目标被退回，待修改", "goal.revise"),
    (Role.UNIT_FILLER, "improving"): ("goal_improving", "绩效目标待完善", "goal.revise"),
    (Role.UNIT_APPROVER, "draft"): ("goal_to_submit", "绩效目标待审核报送", "goal.submit"),
    (Role.UNIT_APPROVER, "returned"): ("goal_to_submit", "退回的绩效目标待报送", "goal.submit"),
    (Role.UNIT_APPROVER, "improving"): ("goal_to_submit", "完善的绩效目标待报送", "goal.submit"),
    (Role.UNIT_APPROVER, "to_disclose"): ("goal_to_disclose", "已批复目标待公开", "goal.disclose"),
    (Role.UNIT_APPROVER, "notice"): ("notice", "批复通知待签收", "notice.receive"),
    (Role.FINANCE_OFFICER, "submitted"): ("goal_to_review", "绩效目标待审核", "goal.review"),
    (Role.FINANCE_REVIEWER, "reviewed"): ("goal_to_approve", "绩效目标待批复", "goal.approve"),
}
_HREFS = {
    "notice": "/api/v1/goals/notices?received=false",
    "to_disclose": "/api/v1/goals/goals?fiscal_year={year}&disclosed=false",
    "submitted": "/api/v1/goals/goals?fiscal_year={year}&status=submitted&order=queue",
}
_BY_STATUS = "/api/v1/goals/goals?fiscal_year={year}&status={what}"


async def work_items(
    reads: Reads, caller: Caller, rules: Mapping[str, Rule], *, today: date
) -> WorkItems:
    """One item per year and kind of work, with how many goals wait."""
    days = (disclosure_due(today, rules["goal-disclosure"].on(today)) - today).days
    rows = await reads.all(_WAITING, caller.region_code, caller.units, days)
    roles = sorted(caller.principal.roles)
    return WorkItems(
        items=[
            _item(row, _HANDS[role, row["what"]])
            for row in rows
            for role in roles
            if (role, row["what"]) in _HANDS
        ]
    )


def _item(row: Mapping[str, Any], hands: tuple[str, str, str]) -> WorkItem:
    kind, title, action = hands
    what, year = row["what"], row["fiscal_year"]
    return WorkItem(
        kind=kind,
        title=f"{year} 年{title}",
        href=_HREFS.get(what, _BY_STATUS).format(year=year, what=what),
        due_on=row["due_on"],
        count=row["count"],
        action=action,
    )
