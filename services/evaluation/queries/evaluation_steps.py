"""The framework of an evaluation, its history, and the exchange of views."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.access import POLICY
from services.evaluation.domain.procedure import STEPS, is_late
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.year_rules import framework_of
from services.evaluation.queries.labels import labelled
from services.evaluation.queries.reach import open_contracts, reach
from services.evaluation.schemas.evaluation_steps import (
    EventOut,
    FrameworksOut,
    GroupFrameworkOut,
    HistoryOut,
    ViewExchangeOut,
    ViewExchangesOut,
)
from services.evaluation.schemas.evaluations import StepOut
from shared.auth import Caller, reach_of
from shared.clock import business_day, now
from shared.db import Reads
from shared.pages import Page, PageRequest
from shared.problems import NotFound

#: An evaluation `e` the caller reaches (`named_reach`): $1 the region, $2 the agency's open
#: contracts or null, $3 the caller, who as an expert reaches what the person is named on.
REACHED = """
    e.region_code = $1 and ($2::uuid[] is null or e.engagement_id = any ($2) or exists (
        select from evaluator v where v.region_code = e.region_code
          and v.evaluation_id = e.id and v.subject = $3 and v.kind = 'expert'))
"""

_EVALUATION = f"""
    select e.id, e.kind, e.fiscal_year, e.framework_approved_by, e.merge, e.scoring_round,
           e.status
    from evaluation e where {REACHED} and e.id = $4
"""

_FRAMEWORKS = """
    select g.group_no, g.weight_reason, json_agg(json_build_object(
        'position', r.position, 'level1', r.level1, 'level2', r.level2, 'name', r.name,
        'weight', trim_scale(r.weight)::text, 'method', r.method, 'operator', r.operator,
        'target_value', trim_scale(r.target_value)::text, 'points_total', r.points_total,
        'points', r.points, 'formula', r.formula, 'ratio_code', r.ratio_code,
        'evidence_method', r.evidence_method, 'standard', r.standard
    ) order by r.position)::text as rows
    from evaluation_group g
    join framework_row r on r.region_code = g.region_code
         and r.evaluation_id = g.evaluation_id and r.group_no = g.group_no
    where g.region_code = $1 and g.evaluation_id = $2
    group by g.group_no, g.weight_reason order by g.group_no
"""

_HISTORY = """
    select id, action, from_status, to_status, reason, details::text as details, done_by, done_at
    from evaluation_event where region_code = $1 and evaluation_id = $2 order by id
"""

#: $1 the region, $2 the units or null, $3 the agency's open contracts or null.
_VIEWS = """
    select * from (select x.evaluation_id, e.fiscal_year, e.title as evaluation_title,
           x.round_no, x.unit_code, x.due_on,
           x.agrees, x.opinion, x.opined_by, x.opined_at, x.accepted, x.reply, x.replied_by,
           x.replied_at,
           e.status = 'exchange_of_views' and x.round_no = (
               select max(y.round_no) from view_exchange y where y.region_code = x.region_code
                 and y.evaluation_id = x.evaluation_id) as is_open,
           array(select distinct '/api/v1/evaluation/evaluations/' || s.evaluation_id
                     || '/scoring-sheets/' || s.group_no
                 from evaluation_subject s where s.region_code = x.region_code
                   and s.evaluation_id = x.evaluation_id and s.unit_code = x.unit_code
                 order by 1) as receipt_hrefs
    from view_exchange x
    join evaluation e on e.region_code = x.region_code and e.id = x.evaluation_id
    where x.region_code = $1 and ($2::text[] is null or x.unit_code = any ($2))
      and ($3::uuid[] is null or e.engagement_id = any ($3))) view
"""

_VIEWS_OF_ONE = f"{_VIEWS} where evaluation_id = $4 order by round_no, unit_code"

#: $4 whether only what waits for an opinion, $5 the year or null.
_VIEW_PAGE = f"""
    {_VIEWS}
    where (not $4 or (is_open and opined_by is null)) and ($5::int is null or fiscal_year = $5)
      and ($6::uuid is null or (evaluation_id, round_no, unit_code) > ($6, $7::int, $8::text))
    order by evaluation_id, round_no, unit_code limit $9
"""


async def reached(reads: Reads, caller: Caller, evaluation_id: UUID) -> Mapping[str, Any]:
    """The evaluation's own row. Raises NotFound for what the caller doesn't reach."""
    return await reads.one(_EVALUATION, *await named_reach(reads, caller), evaluation_id)


async def named_reach(reads: Reads, caller: Caller) -> tuple[str, Sequence[UUID] | None, str]:
    """What `REACHED` takes."""
    return caller.region_code, await open_contracts(reads, caller), caller.subject


async def frameworks(
    reads: Reads, caller: Caller, evaluation_id: UUID, rules: Rules
) -> FrameworksOut:
    """指标体系 of every group. Raises NotFound."""
    evaluation = await reached(reads, caller, evaluation_id)
    labels = framework_of(rules, evaluation["kind"], evaluation["fiscal_year"]).groups
    rows = await reads.all(_FRAMEWORKS, caller.region_code, evaluation_id)
    items = [
        GroupFrameworkOut.model_validate({**row, "rows": labelled(row["rows"], level1=labels)})
        for row in rows
    ]
    approved_by = evaluation["framework_approved_by"]
    return FrameworksOut(evaluation_id=evaluation_id, approved_by=approved_by, items=items)


async def history(reads: Reads, caller: Caller, evaluation_id: UUID) -> HistoryOut:
    """Everything done with the evaluation. Raises NotFound."""
    await reached(reads, caller, evaluation_id)
    rows = await reads.all(_HISTORY, caller.region_code, evaluation_id)
    return HistoryOut(
        items=[
            EventOut.model_validate(
                {
                    **row,
                    "from_label": STEPS[row["from_status"]],
                    "to_label": STEPS[row["to_status"]],
                }
            )
            for row in rows
        ]
    )


async def list_view_exchanges(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    waits_for_opinion: bool,
    fiscal_year: int | None,
) -> Page[ViewExchangeOut]:
    """交换意见 the caller reaches, by evaluation, round and unit."""
    rows = await reads.all(
        _VIEW_PAGE,
        *await reach(reads, caller),
        waits_for_opinion,
        fiscal_year,
        *paging.after(UUID, int, str),
        paging.limit + 1,
    )
    return paging.page(
        rows,
        lambda row: _view(row, caller),
        lambda row: [row["evaluation_id"], row["round_no"], row["unit_code"]],
    )


async def view_exchanges(reads: Reads, caller: Caller, evaluation_id: UUID) -> ViewExchangesOut:
    """One evaluation's. Raises NotFound: to a unit, unless it was asked for its view."""
    rows = await reads.all(_VIEWS_OF_ONE, *await reach(reads, caller), evaluation_id)
    if not rows:
        if caller.units is not None:
            raise NotFound
        await reached(reads, caller, evaluation_id)
    return ViewExchangesOut(items=[_view(row, caller) for row in rows])


def _view(row: Mapping[str, Any], caller: Caller) -> ViewExchangeOut:
    action = "evaluation.opine" if row["opined_by"] is None else "evaluation.reply"
    waits = row["is_open"] and row["replied_by"] is None
    mine = waits and reach_of(POLICY, caller.principal, action) is not None
    return ViewExchangeOut.model_validate({**row, "allowed_actions": [action] if mine else []})


def steps_out(text: str | None) -> list[StepOut]:
    """The ten steps in their order, from those kept as JSON."""
    kept = {each["step"]: each for each in orjson.loads(text or "[]")}
    today = business_day(now())
    return [_step(step, label, kept.get(step, {}), today) for step, label in STEPS.items()]


def _step(step: str, label: str, kept: Mapping[str, Any], today: date) -> StepOut:
    bare: dict[str, Any] = {
        "due_on": None,
        "done_at": None,
        "done_by": None,
        "details": {},
        "is_late": False,
    }
    out = StepOut.model_validate({"step": step, "label": label, **bare, **kept})
    done_on = None if out.done_at is None else business_day(out.done_at)
    return out.model_copy(update={"is_late": is_late(out.due_on, done_on, today)})
