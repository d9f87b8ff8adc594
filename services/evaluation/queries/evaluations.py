"""Evaluations, their scoring sheets and their results."""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any
from uuid import UUID

from services.evaluation.access import allowed
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.states import EVALUATION
from services.evaluation.domain.vocabulary import GRADES, KINDS, MODES
from services.evaluation.domain.year_rules import framework_of
from services.evaluation.queries.evaluation_steps import REACHED, named_reach, steps_out
from services.evaluation.queries.labels import label, labelled
from services.evaluation.queries.reach import reach
from services.evaluation.schemas.evaluations import (
    EvaluationOut,
    EvaluationSummary,
    ResultOut,
    ScoringSheetOut,
)
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

_FROM = """
    from evaluation e
    join engagement n on n.region_code = e.region_code and n.id = e.engagement_id
    join agency a on a.region_code = n.region_code and a.id = n.agency_id
"""

_SUMMARY = """
    e.id, e.kind, e.mode, e.fiscal_year, e.title, e.status, e.engagement_id, n.agency_id,
    a.name as agency_name, e.row_version as version, e.updated_at,
    (select count(*) from evaluation_group g
     where g.region_code = e.region_code and g.evaluation_id = e.id) as group_count,
    (select count(g.score) from evaluation_group g
     where g.region_code = e.region_code and g.evaluation_id = e.id) as scored_count
"""

_LIST = f"""
    select {_SUMMARY} {_FROM}
    where {REACHED}
      and ($4::int is null or e.fiscal_year = $4)
      and ($5::text is null or e.kind = $5)
      and ($6::text is null or e.status = $6)
      and ($7::uuid is null or e.id > $7)
    order by e.id limit $8
"""

_RECEIPT = (
    "'/api/v1/evaluation/evaluations/' || g.evaluation_id || '/scoring-sheets/' || g.group_no"
)

_SUBJECTS = """
    (select coalesce(json_agg(json_build_object(
        'project_code', x.project_code, 'project_name', x.project_name,
        'unit_code', x.unit_code, 'unit_name', x.unit_name) order by x.position), '[]')
     from evaluation_subject x where x.region_code = g.region_code
       and x.evaluation_id = g.evaluation_id and x.group_no = g.group_no)
"""

_ONE = f"""
    select {_SUMMARY}, e.merge, e.planned_by, e.framework_approved_by, e.finalized_by,
           e.finalized_at,
           (select json_agg(json_build_object('step', t.step, 'due_on', t.due_on,
                'done_at', t.done_at, 'done_by', t.done_by, 'details', t.details))::text
            from evaluation_step t
            where t.region_code = e.region_code and t.evaluation_id = e.id) as steps,
           (select json_agg(json_build_object(
                'group_no', g.group_no, 'label', g.label,
                'policy_title', g.policy_title, 'subjects', {_SUBJECTS},
                'score', g.score::text, 'grade', g.grade,
                'receipt_href', case when g.score is not null then {_RECEIPT} end
            ) order by g.group_no)::text
            from evaluation_group g
            where g.region_code = e.region_code and g.evaluation_id = e.id) as groups
    {_FROM} where {REACHED} and e.id = $4
"""

#: Scored groups the caller reaches: $1 the region, $2 the units or null (they see final results
#: of their own projects and of themselves), $3 the agency's open contracts or null.
_CONCERNS_UNIT = """exists (
          select from evaluation_subject x
          left join approved_goal t on t.region_code = x.region_code
               and t.fiscal_year = e.fiscal_year and t.project_code = x.project_code
          where x.region_code = g.region_code and x.evaluation_id = g.evaluation_id
            and x.group_no = g.group_no
            and (x.unit_code = any ($2) or t.unit_code = any ($2)))"""

_SCORED = f"""
    {_FROM}
    join evaluation_group g on g.region_code = e.region_code and g.evaluation_id = e.id
    where e.region_code = $1 and g.score is not null
      and ($2::text[] is null or (e.finalized_at is not null and {_CONCERNS_UNIT}))
      and ($3::uuid[] is null or n.id = any ($3))
"""

#: A result stays final, whatever is done with it afterwards.
_STATUS = "case when e.finalized_at is null then e.status else 'final' end"

_RESULTS = f"""
    select e.id as evaluation_id, e.title as evaluation_title, g.group_no, g.label,
           g.policy_title, e.kind, e.fiscal_year, {_STATUS} as status, g.score, g.grade,
           a.name as agency_name,
           {_SUBJECTS}::text as subjects, {_RECEIPT} as receipt_href
    {_SCORED}
      and ($4::int is null or e.fiscal_year = $4)
      and ($5::text is null or e.kind = $5)
      and ($6::text is null or {_STATUS} = $6)
      and ($7::text is null or g.grade = $7)
      and ($8::text is null or exists (
          select from evaluation_subject x
          where x.region_code = g.region_code and x.evaluation_id = g.evaluation_id
            and x.group_no = g.group_no and x.project_code = $8))
      and ($9::uuid is null or (e.id, g.group_no) > ($9, $10::int))
    order by e.id, g.group_no limit $11
"""

#: A unit sees the sheet of its own group from the day it is asked for its view.
_SEEN = f"""
    {_FROM}
    join evaluation_group g on g.region_code = e.region_code and g.evaluation_id = e.id
    where e.region_code = $1 and g.score is not null
      and ($2::text[] is null or {_CONCERNS_UNIT} and (e.finalized_at is not null or (
          e.status = 'exchange_of_views' and exists (
          select from view_exchange x where x.region_code = e.region_code
            and x.evaluation_id = e.id and x.unit_code = any ($2)))))
      and ($3::uuid[] is null or n.id = any ($3))
"""

_SHEET = f"""
    select g.evaluation_id, g.group_no, g.label, g.score, g.score_arithmetic, g.grade,
           g.grade_receipt::text as grade_receipt, g.weight_reason, g.scored_by, g.scored_at,
           e.kind, e.fiscal_year,
           (select json_agg(json_build_object(
                'position', r.position, 'level1', r.level1, 'level2', r.level2, 'name', r.name,
                'weight', trim_scale(r.weight)::text, 'method', r.method, 'operator', r.operator,
                'target_value', trim_scale(r.target_value)::text,
                'actual_value', trim_scale(r.actual_value)::text, 'points_met', r.points_met,
                'points_total', r.points_total, 'ratio_code', r.ratio_code,
                'band', r.band, 'basis', r.basis, 'score', r.score::text,
                'receipt', r.receipt) order by r.position)::text
            from sheet_row r where r.region_code = g.region_code
              and r.evaluation_id = g.evaluation_id and r.group_no = g.group_no) as rows
    {_SEEN} and e.id = $4 and g.group_no = $5
"""


@dataclass(frozen=True)
class ResultFilter:
    """What a list of results is limited to; None is no limit. The order is the statement's."""

    fiscal_year: int | None = None
    kind: str | None = None
    status: str | None = None
    grade: str | None = None
    project_code: str | None = None


async def list_evaluations(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    fiscal_year: int | None,
    kind: str | None,
    status: str | None,
) -> Page[EvaluationSummary]:
    """Evaluations, oldest first."""
    rows = await reads.all(
        _LIST,
        *await named_reach(reads, caller),
        fiscal_year,
        kind,
        status,
        *paging.after(UUID),
        paging.limit + 1,
    )
    return paging.page(
        rows,
        lambda row: EvaluationSummary.model_validate({**row, **_described(row, caller)}),
        lambda row: [row["id"]],
    )


async def evaluation(reads: Reads, caller: Caller, evaluation_id: UUID) -> EvaluationOut:
    """One evaluation, whole. Raises NotFound."""
    row = await reads.one(_ONE, *await named_reach(reads, caller), evaluation_id)
    parts = {
        "groups": labelled(row["groups"], grade=GRADES),
        "steps": steps_out(row["steps"]),
    }
    return EvaluationOut.model_validate({**row, **_described(row, caller), **parts})


async def list_results(
    reads: Reads, caller: Caller, paging: PageRequest, chosen: ResultFilter
) -> Page[ResultOut]:
    """Scored groups, by evaluation and number."""
    rows = await reads.all(
        _RESULTS,
        *await reach(reads, caller),
        *astuple(chosen),
        *paging.after(UUID, int),
        paging.limit + 1,
    )
    return paging.page(rows, _result, lambda row: [row["evaluation_id"], row["group_no"]])


async def results_of_project(
    reads: Reads, caller: Caller, *, project_code: str, fiscal_year: int
) -> Sequence[ResultOut]:
    """Every score that covers the project in the year, at most two hundred."""
    chosen = ResultFilter(fiscal_year=fiscal_year, project_code=project_code)
    rows = await reads.all(_RESULTS, *await reach(reads, caller), *astuple(chosen), None, None, 200)
    return [_result(row) for row in rows]


async def scoring_sheet(
    reads: Reads, caller: Caller, evaluation_id: UUID, group_no: int, rules: Rules
) -> ScoringSheetOut:
    """The sheet of a scored group. Raises NotFound, also while there is no score."""
    row = await reads.one(_SHEET, *await reach(reads, caller), evaluation_id, group_no)
    groups = framework_of(rules, row["kind"], row["fiscal_year"]).groups
    return ScoringSheetOut.model_validate(
        {
            **row,
            "grade_label": GRADES[row["grade"]],
            "rows": labelled(row["rows"], level1=groups),
            "allowed_actions": [],
        }
    )


def _described(row: Mapping[str, Any], caller: Caller) -> dict[str, Any]:
    return {
        "kind_label": KINDS[row["kind"]],
        "mode_label": MODES[row["mode"]],
        "status_label": EVALUATION.labels[row["status"]],
        "allowed_actions": allowed(caller.principal, EVALUATION, row["status"]),
    }


def _result(row: Mapping[str, Any]) -> ResultOut:
    return ResultOut.model_validate(
        {
            **row,
            "kind_label": KINDS[row["kind"]],
            "status_label": EVALUATION.labels[row["status"]],
            "grade_label": label(row["grade"], GRADES),
        }
    )
