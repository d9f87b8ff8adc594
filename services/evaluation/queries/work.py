"""待办: what waits for the caller in the evaluation service."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.evaluation.queries.accountability import waited_for
from services.evaluation.queries.reach import PLAN_OF, reach
from services.evaluation.queries.self_evaluations import REACHED
from services.evaluation.schemas.summaries import WorkItem, WorkItems
from shared.auth import Caller, Role
from shared.clock import business_day, now
from shared.db import Reads

#: The state `to_letter` is 复审建议整改 without a request yet; `planned` is sent in and drawn by a
#: plan, which sets the day.
_SELF_EVALUATIONS = f"""
    select s.fiscal_year,
           case when s.status = 'rechecked' then 'to_letter'
                when s.status = 'submitted' and p.id is not null then 'planned'
                else s.status end as state,
           min(case when s.status = 'submitted' then coalesce(p.due_on, s.due_on)
                    else s.due_on end) as due_on,
           count(*) as count
    from self_evaluation s
    left join recheck c on c.region_code = s.region_code and c.self_evaluation_id = s.id
    left join recheck_plan p on p.region_code = s.region_code and p.id = {PLAN_OF}
    where {REACHED} and (s.status <> 'rechecked' or (c.rectification_advised and not exists (
        select from rectification_source r
        where r.region_code = s.region_code and r.self_evaluation_id = s.id)))
    group by 1, 2 order by 1, 2
"""

#: What is left to review of the bureau's own plans; who made a plan does not carry it out.
_OWN_PLANS = f"""
    select s.fiscal_year, 'own_plan' as state, min(p.due_on) as due_on, count(*) as count
    from recheck_plan p
    join recheck_plan_candidate c on c.region_code = p.region_code and c.plan_id = p.id
    join self_evaluation s on s.region_code = c.region_code and s.id = c.self_evaluation_id
    where p.region_code = $1 and p.engagement_id is null and p.planned_by <> $2
      and c.drawn and s.status = 'submitted' and p.id = {PLAN_OF}
    group by 1 order by 1
"""

_EVALUATIONS = """
    select e.fiscal_year, e.status as state, null::date as due_on, count(*) as count
    from evaluation e
    where e.region_code = $1 and ($2::uuid[] is null or e.engagement_id = any ($2))
      and e.status <> 'final'
    group by 1, 2
    union all
    select fiscal_year, status, null, count(*) from ex_ante_result
    where region_code = $1 and $2 is null and status = 'recorded'
    group by 1, 2
    order by 1, 2
"""

#: A refused request is done with when its forms are named by one that was not refused.
_REFUSED = """
    select q.fiscal_year, 'refused' as state, min(q.due_on) as due_on, count(*) as count
    from rectification_request q
    join rectification_refusal f on f.region_code = q.region_code and f.request_id = q.id
    where q.region_code = $1 and not exists (
        select from rectification_source s
        join rectification_source o on o.region_code = s.region_code
            and o.self_evaluation_id = s.self_evaluation_id and o.request_id > s.request_id
        where s.region_code = q.region_code and s.request_id = q.id)
    group by 1 order by 1
"""

#: Contracts that end within the days ahead, and those whose work nobody has judged.
_CONTRACTS = """
    select fiscal_year, 'ending' as state, min(ends_on) as due_on, count(*) as count
    from engagement
    where region_code = $1 and terminated_on is null and ends_on between $2 and $3
    group by 1
    union all
    select n.fiscal_year, 'to_judge', null, count(*) from engagement n
    where n.region_code = $1 and (n.terminated_on is not null or n.ends_on < $2)
      and not exists (select from agency_quality_score q
                      where q.region_code = n.region_code and q.engagement_id = n.id)
    group by 1
    order by 1, 2
"""
_DAYS_AHEAD = 30

_INVITED = """
    select extract(year from i.invited_at at time zone 'Asia/Shanghai')::int as fiscal_year,
           'invited' as state, null::date as due_on, count(*) as count
    from invitation i
    join expert x on x.region_code = i.region_code and x.id = i.expert_id
    where i.region_code = $1 and x.subject = $2 and x.retired_at is null and i.status = 'invited'
    group by 1 order by 1
"""

_PLANNED = "recheck-plan-candidates?fiscal_year={year}&to_review=true"
_FORMS = "self-evaluations?fiscal_year={year}&status="
_EVALUATED = "evaluations?fiscal_year={year}&status="

#: (role, state) → (kind, title, action, list)
_FORM_WORK = {
    (Role.UNIT_FILLER, "open"): (
        "self_evaluation_to_fill",
        "绩效自评待填报",
        "self_evaluation.fill",
        f"{_FORMS}open",
    ),
    (Role.UNIT_APPROVER, "open"): (
        "self_evaluation_to_submit",
        "绩效自评待审核报送",
        "self_evaluation.submit",
        f"{_FORMS}open",
    ),
    (Role.AGENCY_EVALUATOR, "submitted"): (
        "self_evaluation_to_recheck",
        "绩效自评待复审",
        "self_evaluation.recheck",
        f"{_FORMS}submitted",
    ),
    (Role.AGENCY_EVALUATOR, "planned"): (
        "recheck_plan_to_carry_out",
        "复审方案内的绩效自评待复审",
        "self_evaluation.recheck",
        _PLANNED,
    ),
    (Role.FINANCE_OFFICER, "to_letter"): (
        "rectification_to_request",
        "复审建议整改，待发整改函",
        "rectification.request",
        f"{_FORMS}rechecked&waits_for_letter=true",
    ),
}

_OWN_PLAN_WORK = {
    (role, "own_plan"): (
        "recheck_plan_to_carry_out",
        "财政自行复审的绩效自评待复审",
        "self_evaluation.recheck",
        _PLANNED,
    )
    for role in (Role.FINANCE_OFFICER, Role.FINANCE_REVIEWER)
}

_REFUSED_WORK = {
    (Role.FINANCE_OFFICER, "refused"): (
        "rectification_refused",
        "整改函未能开具，待另行提出",
        "rectification.request",
        "rectification-requests?fiscal_year={year}&status=refused",
    ),
}

_EVALUATION_WORK = {
    (Role.AGENCY_EVALUATOR, "planned"): (
        "evaluation_to_score",
        "绩效评价待评分",
        "evaluation.score",
        f"{_EVALUATED}planned",
    ),
    (Role.FINANCE_REVIEWER, "scored"): (
        "evaluation_to_finalize",
        "评价结果待审定",
        "evaluation.finalize",
        f"{_EVALUATED}scored",
    ),
    (Role.FINANCE_REVIEWER, "recorded"): (
        "ex_ante_to_confirm",
        "事前评估结论待确认",
        "ex_ante.confirm",
        "ex-ante-results?fiscal_year={year}&status=recorded",
    ),
}

_ACCOUNTABILITY_WORK = {
    (Role.FINANCE_OFFICER, "handed"): (
        "accountability_outcome_to_note",
        "问责移送逾期未见结果，待向承办机关了解",
        "accountability.note_outcome",
        "accountability-cases?fiscal_year={year}&status=handed",
    ),
}


_CONTRACT_WORK = {
    (Role.FINANCE_OFFICER, "ending"): (
        "engagement_ending",
        "委托合同三十日内到期",
        "engagement.amend",
        "engagements?fiscal_year={year}",
    ),
    (Role.FINANCE_OFFICER, "to_judge"): (
        "agency_quality_to_score",
        "委托合同已结束，待评机构工作质量",
        "agency_quality.score",
        "engagements?fiscal_year={year}",
    ),
}

_EXPERT_WORK = {
    (Role.EXPERT, "invited"): (
        "expert_invitation_to_answer",
        "专家邀请待答复",
        "expert_invitation.answer",
        "expert-invitations",
    ),
}


async def work_items(reads: Reads, caller: Caller) -> WorkItems:
    """One item per year and kind of work, with how much waits."""
    region_code, units, contracts = await reach(reads, caller)
    forms = await reads.all(_SELF_EVALUATIONS, region_code, units, contracts)
    items = [item for row in forms for item in _items(row, caller, _FORM_WORK)]
    if units is None:
        rows = await reads.all(_EVALUATIONS, region_code, contracts)
        items += [item for row in rows for item in _items(row, caller, _EVALUATION_WORK)]
        refused = await reads.all(_REFUSED, region_code)
        items += [item for row in refused for item in _items(row, caller, _REFUSED_WORK)]
        items += await _of_contracts(reads, caller)
        own = await reads.all(_OWN_PLANS, region_code, caller.subject)
        items += [item for row in own for item in _items(row, caller, _OWN_PLAN_WORK)]
        invited = await reads.all(_INVITED, region_code, caller.subject)
        items += [item for row in invited for item in _items(row, caller, _EXPERT_WORK)]
        waited = await waited_for(reads, caller.region_code, business_day(now()))
        items += [item for row in waited for item in _items(row, caller, _ACCOUNTABILITY_WORK)]
    return WorkItems(items=items)


async def _of_contracts(reads: Reads, caller: Caller) -> list[WorkItem]:
    today = business_day(now())
    rows = await reads.all(
        _CONTRACTS, caller.region_code, today, today + timedelta(days=_DAYS_AHEAD)
    )
    return [item for row in rows for item in _items(row, caller, _CONTRACT_WORK)]


def _items(
    row: Mapping[str, Any],
    caller: Caller,
    work: Mapping[tuple[Role, str], tuple[str, str, str, str]],
) -> list[WorkItem]:
    waiting = [work.get((role, row["state"])) for role in sorted(caller.principal.roles)]
    return [
        WorkItem(
            kind=kind,
            title=f"{row['fiscal_year']} 年{title}",
            href="/api/v1/evaluation/" + path.format(year=row["fiscal_year"]),
            due_on=row["due_on"],
            count=row["count"],
            action=action,
        )
        for kind, title, action, path in filter(None, waiting)
    ]
