"""What is known of a project when its goal for a year is drafted or reviewed (结果应用)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import orjson

from services.goals.domain.attention import Attention, Decision, Letter, Result, attention
from services.goals.domain.vocabulary import (
    CONCLUSIONS,
    GRADES,
    LEVEL1,
    LEVEL2,
    ORIGINS,
    RECTIFICATION_STATES,
)
from shared.auth import Caller
from shared.db import Reads

#: Results of project `p` in the years before `y.fiscal_year`, newest first.
RESULTS = """
    (select coalesce(json_agg(json_build_object('fiscal_year', r.fiscal_year,
            'unit_code', r.unit_code, 'evaluation_id', r.evaluation_id, 'group_no', r.group_no,
            'score', r.score::text, 'grade', r.grade)
            order by r.fiscal_year desc, r.evaluation_id, r.group_no, r.unit_code), '[]')::text
     from project_result r where r.region_code = p.region_code and r.project_code = p.code
       and r.fiscal_year < y.fiscal_year)
"""

#: Letters that name project `p`, or that concern its whole unit.
LETTERS = """
    (select coalesce(json_agg(json_build_object('rectification_id', l.rectification_id,
            'letter_no', l.letter_no, 'fiscal_year', l.fiscal_year, 'origin', l.origin,
            'status', l.status, 'due_on', l.due_on,
            'whole_unit', jsonb_array_length(l.project_codes) = 0)
            order by l.due_on desc, l.rectification_id), '[]')::text
     from rectification l where l.region_code = p.region_code
       and (l.project_codes @> to_jsonb(p.code)
            or (l.unit_code = p.unit_code and jsonb_array_length(l.project_codes) = 0)))
"""

_SELF_EVALUATIONS = """
    (select coalesce(json_agg(json_build_object('fiscal_year', s.fiscal_year,
            'total', s.total::text, 'grade', s.grade, 'rows', s.rows)
            order by s.fiscal_year desc), '[]')::text
     from self_evaluated s where s.region_code = p.region_code and s.project_code = p.code
       and s.fiscal_year < y.fiscal_year)
"""

_EX_ANTE = """
    (select json_build_object('conclusion', x.conclusion, 'concluded_on', x.concluded_on,
            'report_no', x.report_no)::text
     from ex_ante_result x where x.region_code = p.region_code and x.project_code = p.code
       and x.fiscal_year = y.fiscal_year)
"""

#: Decisions for the year about the project, or about its whole unit.
APPLIED = """
    (select coalesce(json_agg(json_build_object('proposal_id', a.proposal_id,
            'result_year', a.result_year, 'grade', a.grade, 'action', a.action,
            'action_label', a.action_label, 'pct', a.pct::text, 'amount', a.amount::text,
            'fund_level', a.fund_level, 'reason', a.reason, 'decided_on', a.decided_on,
            'whole_unit', a.project_code is null) order by a.decided_on desc, a.proposal_id),
            '[]')::text
     from applied_result a where a.region_code = p.region_code and a.unit_code = p.unit_code
       and a.fiscal_year = y.fiscal_year
       and (a.project_code is null or a.project_code = p.code))
"""

_BACKGROUND = f"""
    select p.code as project_code, p.name as project_name, p.unit_code, u.name as unit_name,
           p.is_key, y.fiscal_year, {RESULTS} as results, {LETTERS} as rectifications,
           {_SELF_EVALUATIONS} as self_evaluations, {_EX_ANTE} as ex_ante,
           {APPLIED} as applied
    from project p
    join unit u on u.region_code = p.region_code and u.code = p.unit_code
    cross join (select $4::int as fiscal_year) y
    where p.region_code = $1 and p.code = $2 and ($3::text[] is null or p.unit_code = any ($3))
"""


async def background(
    reads: Reads, caller: Caller, project_code: str, *, fiscal_year: int, today: date
) -> dict[str, Any]:
    """Results, self-evaluations, rectifications and the ex-ante conclusion, labelled. Raises NotFound."""
    row = await reads.one(_BACKGROUND, caller.region_code, project_code, caller.units, fiscal_year)
    found = attention_of(row, today)
    return {
        **{key: row[key] for key in _PROJECT},
        "results": [
            {**result, "grade_label": GRADES[result["grade"]]}
            for result in orjson.loads(row["results"])
        ],
        "self_evaluations": [_self_evaluation(s) for s in orjson.loads(row["self_evaluations"])],
        "rectifications": [_letter(one, today) for one in orjson.loads(row["rectifications"])],
        "ex_ante": _ex_ante(row["ex_ante"]),
        "applied": [
            {**one, "grade_label": GRADES[one["grade"]]} for one in orjson.loads(row["applied"])
        ],
        "attention": {"level": found.level, "reasons": found.reasons},
    }


_PROJECT = ("project_code", "project_name", "unit_code", "unit_name", "is_key", "fiscal_year")


def attention_of(row: Mapping[Any, Any], today: date) -> Attention:
    """The place in the queue of a row with `results`, `rectifications`, `applied` and `is_key`."""
    return attention(
        [
            Result(each["fiscal_year"], Decimal(each["score"]), each["grade"])
            for each in orjson.loads(row["results"])
        ],
        [_as_letter(each) for each in orjson.loads(row["rectifications"])],
        [_as_decision(each) for each in orjson.loads(row["applied"])],
        is_key=row["is_key"],
        today=today,
    )


def _as_decision(entry: Mapping[str, Any]) -> Decision:
    cuts = entry["pct"] is not None or entry["amount"] is not None
    return Decision(entry["result_year"], entry["grade"], entry["action_label"], cuts)


def _as_letter(entry: Mapping[str, Any]) -> Letter:
    return Letter(entry["letter_no"], entry["status"], date.fromisoformat(entry["due_on"]))


def _letter(entry: Mapping[str, Any], today: date) -> dict[str, Any]:
    return {
        **entry,
        "origin_label": ORIGINS[entry["origin"]],
        "status_label": RECTIFICATION_STATES[entry["status"]],
        "overdue": _as_letter(entry).overdue(today),
    }


def _self_evaluation(entry: Mapping[str, Any]) -> dict[str, Any]:
    grade = entry["grade"]
    return {
        **entry,
        "grade_label": None if grade is None else GRADES[grade],
        "rows": [
            {**row, "level1_label": LEVEL1[row["level1"]], "level2_label": LEVEL2[row["level2"]]}
            for row in entry["rows"]
        ],
    }


def _ex_ante(text: str | None) -> dict[str, Any] | None:
    if text is None:
        return None
    entry: dict[str, Any] = orjson.loads(text)
    return {**entry, "conclusion_label": CONCLUSIONS[entry["conclusion"]]}
