"""The letter of a rectification, as it is sent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.monitoring.queries.rectifications import ORIGINS
from services.monitoring.queries.warning_texts import TEXT_JOIN, warning_of
from services.monitoring.schemas.letters import LetterOut, LetterProblem
from shared.auth import Caller
from shared.clock import business_day
from shared.db import Reads

_LETTER = f"""
    select l.id as rectification_id, l.letter_no, l.unit_code, u.name as unit_name, l.fiscal_year,
           l.origin, l.issued_at, l.due_on, l.due_by_rule,
           (select coalesce(json_agg(json_build_object('project_code', p.project_code,
                'project_name', g.project_name, 'text', p.text) order by p.position), '[]')::text
            from rectification_problem p
            left join approved_goal g on g.region_code = l.region_code
                and g.project_code = p.project_code and g.fiscal_year = l.fiscal_year
            where p.region_code = l.region_code and p.rectification_id = l.id) as problems,
           (select coalesce(json_agg(json_build_object('project_code', w.project_code,
                'project_name', w.project_name, 'unit_code', w.unit_code, 'position', w.position,
                'inputs', w.inputs::text, 'wording', t.wording::text) order by w.id), '[]')::text
            from rectification_warning x
            join warning w on w.region_code = x.region_code and w.id = x.warning_id
            {TEXT_JOIN}
            where x.region_code = l.region_code and x.rectification_id = l.id) as warnings
    from rectification l
    left join unit u on u.region_code = l.region_code and u.code = l.unit_code
    where l.region_code = $1 and ($2::text[] is null or l.unit_code = any ($2)) and l.id = $3
"""


async def letter(reads: Reads, caller: Caller, rectification_id: UUID) -> LetterOut:
    """One letter. Raises NotFound."""
    row = await reads.one(_LETTER, caller.region_code, caller.units, rectification_id)
    return _letter(row)


def _letter(row: Mapping[str, Any]) -> LetterOut:
    warned = [
        {
            "project_code": warning["project_code"],
            "project_name": warning["project_name"],
            "text": warning_of(warning).reason,
        }
        for warning in orjson.loads(row["warnings"])
    ]
    problems = enumerate([*orjson.loads(row["problems"]), *warned], start=1)
    return LetterOut.model_validate(
        {
            **row,
            "unit_name": row["unit_name"] or row["unit_code"],
            "origin_label": ORIGINS[row["origin"]],
            "issued_on": business_day(row["issued_at"]),
            "problems": [LetterProblem(no=no, **problem) for no, problem in problems],
        }
    )
