"""Evaluators, the caller's own sheets, and the spread once scoring is closed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.errors import EvaluatorRecused, RecusalNotDeclared, ScoringOpen
from services.evaluation.queries.evaluation_steps import reached
from services.evaluation.schemas.evaluators import (
    EvaluatorOut,
    EvaluatorsOut,
    OwnSheetOut,
    OwnSheetsOut,
    SpreadOut,
    SpreadRow,
)
from shared.auth import Caller
from shared.db import Reads

#: $3 is null for the bureau: it sees everybody, and how many sheets each has sent in.
_EVALUATORS = """
    select v.subject, v.name, v.kind, v.person_id, v.is_lead, v.has_interest, v.interest,
           v.declared_at,
           case when $3::text is null then (
               select count(*) from evaluator_sheet s where s.region_code = v.region_code
                 and s.evaluation_id = v.evaluation_id and s.subject = v.subject
                 and s.scoring_round = $4) end as submitted_count
    from evaluator v
    where v.region_code = $1 and v.evaluation_id = $2 and ($3::text is null or v.subject = $3)
    order by v.subject
"""

_OWN_SHEETS = """
    select group_no, total, rows::text as rows, submitted_at from evaluator_sheet
    where region_code = $1 and evaluation_id = $2 and subject = $3 and scoring_round = $4
    order by group_no
"""

#: Only sheets that count in the merged score: their authors stand in the receipt of every row.
_SPREAD = """
    select g.group_no, g.score,
           (select json_object_agg(s.subject, s.total::text) from evaluator_sheet s
            where s.region_code = g.region_code and s.evaluation_id = g.evaluation_id
              and s.group_no = g.group_no and s.scoring_round = $4)::text as totals,
           (select json_agg(json_build_object(
                'position', r.position, 'name', r.name, 'weight', trim_scale(r.weight)::text,
                'score', r.score::text, 'scores', r.receipt -> 'inputs') order by r.position)
            from sheet_row r where r.region_code = g.region_code
              and r.evaluation_id = g.evaluation_id and r.group_no = g.group_no)::text as rows,
           (select json_agg(json_build_object('subject', d.subject, 'name', v.name,
                'text', d.text, 'said_at', d.said_at) order by d.id)
            from dissent d
            join evaluator v on v.region_code = d.region_code
                 and v.evaluation_id = d.evaluation_id and v.subject = d.subject
            where d.region_code = g.region_code and d.evaluation_id = g.evaluation_id
              and d.group_no = g.group_no and d.scoring_round = $4)::text as dissents
    from evaluation_group g
    where g.region_code = $1 and g.evaluation_id = $2 and g.group_no = $3
"""


async def evaluators(reads: Reads, caller: Caller, evaluation_id: UUID) -> EvaluatorsOut:
    """Who scores; anybody outside the bureau learns of themselves only. Raises NotFound."""
    evaluation = await reached(reads, caller, evaluation_id)
    only = None if caller.agency is None else caller.subject
    rows = await reads.all(
        _EVALUATORS, caller.region_code, evaluation_id, only, evaluation["scoring_round"]
    )
    items = [EvaluatorOut.model_validate(row) for row in rows]
    return EvaluatorsOut(
        merge=evaluation["merge"], scoring_round=evaluation["scoring_round"], items=items
    )


async def own_sheets(reads: Reads, caller: Caller, evaluation_id: UUID) -> OwnSheetsOut:
    """What the caller sent in. Raises NotFound."""
    evaluation = await reached(reads, caller, evaluation_id)
    rows = await reads.all(
        _OWN_SHEETS,
        caller.region_code,
        evaluation_id,
        caller.subject,
        evaluation["scoring_round"],
    )
    return OwnSheetsOut(items=[OwnSheetOut.model_validate(row) for row in rows])


async def spread(reads: Reads, caller: Caller, evaluation_id: UUID, group_no: int) -> SpreadOut:
    """How far apart the evaluators were. Raises ScoringOpen alike with and without sheets."""
    evaluation = await reached(reads, caller, evaluation_id)
    await require_impartial(reads, caller, evaluation)
    row = await reads.one(
        _SPREAD, caller.region_code, evaluation_id, group_no, evaluation["scoring_round"]
    )
    if evaluation["merge"] is None or row["score"] is None:
        raise ScoringOpen("结束独立评分后才能查看各人评分与分差")
    return _spread(row, evaluation)


async def require_impartial(reads: Reads, caller: Caller, evaluation: Mapping[str, Any]) -> None:
    """Those named on the evaluation see what it rests on when they have declared no interest.

    Raises RecusalNotDeclared, EvaluatorRecused.
    """
    if evaluation["merge"] is None or caller.agency is None:
        return
    rows = await reads.all(_EVALUATORS, caller.region_code, evaluation["id"], caller.subject, 0)
    if rows and rows[0]["has_interest"] is None:
        raise RecusalNotDeclared("请先提交回避声明（declarations）")
    if rows and rows[0]["has_interest"]:
        raise EvaluatorRecused("您已声明有利害关系，不查阅材料和评分")


def _spread(row: Mapping[str, Any], evaluation: Mapping[str, Any]) -> SpreadOut:
    rows = [_spread_row(each) for each in orjson.loads(row["rows"])]
    counted = {subject for each in rows for subject in each.scores}
    totals = orjson.loads(row["totals"])
    return SpreadOut.model_validate(
        {
            "evaluation_id": evaluation["id"],
            "group_no": row["group_no"],
            "merge": evaluation["merge"],
            "score": row["score"],
            "totals": {who: total for who, total in totals.items() if who in counted},
            "rows": rows,
            "dissents": row["dissents"] or "[]",
        }
    )


def _spread_row(row: Mapping[str, Any]) -> SpreadRow:
    given = SpreadRow.model_validate({**row, "lowest": "0", "highest": "0"})
    scores = given.scores.values()
    return given.model_copy(update={"lowest": min(scores), "highest": max(scores)})
