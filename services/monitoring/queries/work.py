"""待办: what waits for the caller in the monitoring service."""

from datetime import date

from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.queries.work_of_rectification import (
    RECTIFICATION_ROWS,
    RECTIFICATION_WAITING,
)
from services.monitoring.schemas.overview import WorkItem, WorkItems
from shared.auth import Caller, Role
from shared.db import Reads

_WAITING_ROWS = f"""
    select 'form_' || f.status as waiting, r.fiscal_year || ' 年' || r.name as scope,
           min(coalesce(f.extended_to, r.due_on)) as due_on,
           '/api/v1/monitoring/monitoring-forms?round_id=' || r.id || '&status=' || f.status
           as href,
           count(*) as count
    from monitoring_form f
    join monitoring_round r on r.region_code = f.region_code and r.id = f.round_id
    where f.region_code = $1 and ($2::text[] is null or f.unit_code = any ($2))
      and f.status <> 'accepted' and r.status = 'open'
    group by f.status, r.region_code, r.id
    union all
{RECTIFICATION_ROWS}
    union all
    select 'warning_open', w.fiscal_year || ' 年', null,
           '/api/v1/monitoring/warnings?fiscal_year=' || w.fiscal_year || '&status=open', count(*)
    from warning w
    where w.region_code = $1 and ($2::text[] is null or w.unit_code = any ($2))
      and w.status = 'open'
    group by w.fiscal_year
    union all
    select state.waiting, w.fiscal_year || ' 年', min(w.answer_due_on),
           '/api/v1/monitoring/warnings?fiscal_year=' || w.fiscal_year || state.filter, count(*)
    from warning w
    join lateral (values
        ('warning_unanswered', '&status=open&answer=none', w.answer is null),
        ('warning_overdue', '&overdue=true', w.answer is null and w.answer_due_on < $4),
        ('warning_claimed', '&status=open&answer=false_alarm_claimed',
         w.answer = 'false_alarm' and not w.false_alarm)) state (waiting, filter, holds)
        on state.holds
    where w.region_code = $1 and ($2::text[] is null or w.unit_code = any ($2))
      and w.status = 'open'
    group by state.waiting, state.filter, w.fiscal_year
    order by due_on nulls last, href
"""

#: (role, what waits) → (kind, title, action)
_WAITING = {
    **RECTIFICATION_WAITING,
    (Role.UNIT_FILLER, "form_open"): ("monitoring_form_open", "监控表待填报", "form.fill"),
    (Role.UNIT_FILLER, "form_returned"): (
        "monitoring_form_returned",
        "监控表被退回，待修改",
        "form.fill",
    ),
    (Role.UNIT_APPROVER, "form_open"): (
        "monitoring_form_to_submit",
        "监控表待审核报送",
        "form.submit",
    ),
    (Role.UNIT_APPROVER, "form_returned"): (
        "monitoring_form_to_submit",
        "退回的监控表待报送",
        "form.submit",
    ),
    (Role.FINANCE_OFFICER, "form_submitted"): (
        "monitoring_form_to_review",
        "监控表待审核",
        "form.review",
    ),
    (Role.FINANCE_OFFICER, "warning_open"): (
        "warning_open",
        "预警未解除",
        "rectification.issue",
    ),
    (Role.FINANCE_OFFICER, "warning_overdue"): (
        "warning_answer_overdue",
        "预警逾期未回应",
        "rectification.issue",
    ),
    (Role.FINANCE_OFFICER, "warning_claimed"): (
        "false_alarm_to_decide",
        "误报申报待核定",
        "warning.decide_answer",
    ),
    (Role.UNIT_FILLER, "warning_unanswered"): ("warning_to_answer", "预警待回应", "warning.read"),
    (Role.UNIT_APPROVER, "warning_unanswered"): (
        "warning_to_answer",
        "预警待回应",
        "warning.answer",
    ),
}


async def work_items(reads: Reads, caller: Caller, *, today: date) -> WorkItems:
    """One item per round or year and kind of work, the most pressing first."""
    escalates_before = rectification_rules().escalates_before(today) or date.min
    rows = await reads.all(_WAITING_ROWS, caller.region_code, caller.units, escalates_before, today)
    items = []
    for row in rows:
        for role in sorted(caller.principal.roles):
            waiting = _WAITING.get((role, row["waiting"]))
            if waiting is not None:
                kind, title, action = waiting
                items.append(
                    WorkItem(
                        kind=kind,
                        title=f"{row['scope']}{title}",
                        href=row["href"],
                        due_on=row["due_on"],
                        count=row["count"],
                        action=action,
                    )
                )
    return WorkItems(items=items)
