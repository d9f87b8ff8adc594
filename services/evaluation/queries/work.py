"""待办: what waits for the caller in the evaluation service."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from services.evaluation.queries.accountability import OUTCOMES_WAITED_FOR
from services.evaluation.queries.reach import PLAN_OF, reach
from services.evaluation.queries.self_evaluations import REACHED
from services.evaluation.queries.work_kinds import WORK
from services.evaluation.schemas.summaries import WorkItem, WorkItems
from shared.auth import Caller
from shared.clock import business_day, now
from shared.db import Reads

#: The state `to_letter` is 复审建议整改 without a request yet; `drawn` is sent in and drawn by a
#: plan, which sets the day.
_SELF_EVALUATIONS = f"""
    select s.fiscal_year,
           case when s.status = 'rechecked' then 'to_letter'
                when s.status = 'submitted' and p.id is not null then 'drawn'
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
    select e.fiscal_year,
           case when e.status = 'scheme' and e.framework_approved_by is not null
                    then 'framework_approved'
                when e.status = 'fieldwork' and e.merge is not null and exists (
                    select from evaluation_group g where g.region_code = e.region_code
                      and g.evaluation_id = e.id and g.score is null) then 'blind'
                when e.status = 'exchange_of_views' and not exists (
                    select from evaluation_report r where r.region_code = e.region_code
                      and r.evaluation_id = e.id and r.scoring_round = e.scoring_round)
                    then 'report'
                else e.status end as state,
           min(next.due_on) as due_on, count(*) as count
    from evaluation e
    left join lateral (
        select min(t.due_on) as due_on from evaluation_step t
        where t.region_code = e.region_code and t.evaluation_id = e.id and t.done_at is null
    ) next on true
    where e.region_code = $1 and ($2::uuid[] is null or e.engagement_id = any ($2))
      and e.status <> 'archived'
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

#: $2 the person: who proposed does not decide.
_PROPOSED = """
    select fiscal_year, 'result_proposed' as state, null::date as due_on, count(*) as count
    from result_proposal where region_code = $1 and status = 'proposed' and proposed_by <> $2
    group by 1 order by 1
"""

#: $2 the person: 独立评分 still to be declared for or sent in by this evaluator.
_NAMED = """
    select e.fiscal_year,
           case when v.has_interest is null then 'to_declare' else 'own_sheet' end as state,
           min(t.due_on) as due_on, count(*) as count
    from evaluator v
    join evaluation e on e.region_code = v.region_code and e.id = v.evaluation_id
    left join evaluation_step t on t.region_code = e.region_code and t.evaluation_id = e.id
         and t.step = 'draft'
    where v.region_code = $1 and v.subject = $2 and e.status = 'fieldwork'
      and v.has_interest is not true and exists (
          select from evaluation_group g where g.region_code = e.region_code
            and g.evaluation_id = e.id and g.score is null and not exists (
                select from evaluator_sheet s where s.region_code = g.region_code
                  and s.evaluation_id = g.evaluation_id and s.group_no = g.group_no
                  and s.subject = v.subject and s.scoring_round = e.scoring_round))
    group by 1, 2 order by 1, 2
"""

#: $2 the units: drafts of evaluations they may say something about.
_VIEWS = """
    select e.fiscal_year, 'asked' as state, min(x.due_on) as due_on, count(*) as count
    from view_exchange x
    join evaluation e on e.region_code = x.region_code and e.id = x.evaluation_id
    where x.region_code = $1 and x.unit_code = any ($2) and x.opined_by is null
      and e.status = 'exchange_of_views' and x.round_no = (
          select max(y.round_no) from view_exchange y
          where y.region_code = x.region_code and y.evaluation_id = x.evaluation_id)
    group by 1 order by 1
"""


async def work_items(reads: Reads, caller: Caller) -> WorkItems:
    """One item per year and kind of work, with how much waits."""
    region_code, units, contracts = await reach(reads, caller)
    today = business_day(now())
    asked: list[tuple[Any, ...]] = [(_SELF_EVALUATIONS, units, contracts)]
    if units is None:
        asked += [
            (_EVALUATIONS, contracts),
            (_REFUSED,),
            (_CONTRACTS, today, today + timedelta(days=_DAYS_AHEAD)),
            (_OWN_PLANS, caller.subject),
            (_INVITED, caller.subject),
            (_NAMED, caller.subject),
            (_PROPOSED, caller.subject),
            (OUTCOMES_WAITED_FOR, today),
        ]
    else:
        asked += [(_VIEWS, units)]
    rows = [
        row
        for statement, *values in asked
        for row in await reads.all(statement, region_code, *values)
    ]
    return WorkItems(items=[item for row in rows for item in _items(row, caller)])


def _items(row: Mapping[str, Any], caller: Caller) -> list[WorkItem]:
    waiting = [WORK.get((role, row["state"])) for role in sorted(caller.principal.roles)]
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
