"""Re-reviews: how one stands in its form, and whether the caller is to review a form."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.domain.vocabulary import GRADES
from services.evaluation.queries.labels import label
from services.evaluation.queries.reach import TO_RECHECK, reach
from shared.auth import Caller
from shared.db import Reads

REVIEWERS = {"agency": "第三方机构", "bureau": "财政部门"}

#: Re-review `c` of a self-evaluation as JSON text, null without one.
RECHECK_JSON = """
    case when c.self_evaluation_id is not null then json_build_object(
        'engagement_id', c.engagement_id, 'plan_id', c.plan_id, 'agency_name', (
            select a.name from engagement e
            join agency a on a.region_code = e.region_code and a.id = e.agency_id
            where e.region_code = c.region_code and e.id = c.engagement_id),
        'review_total', c.review_total::text, 'grade', c.grade, 'grade_receipt', c.grade_receipt,
        'rectification_advised', c.rectification_advised, 'rechecked_by', c.rechecked_by,
        'rechecked_at', c.rechecked_at, 'findings', (
            select coalesce(json_agg(json_build_object('number', f.number, 'code', f.code,
                'label', f.label, 'row_position', f.row_position, 'text', f.text,
                'rectification_advised', f.rectification_advised) order by f.number), '[]')
            from recheck_finding f where f.region_code = c.region_code
                and f.self_evaluation_id = c.self_evaluation_id))::text end
"""

_TO_RECHECK = f"""
    select s.id from self_evaluation s
    where s.region_code = $1 and ($2::text[] is null or s.unit_code = any ($2))
      and ($3::uuid[] is null or {TO_RECHECK}) and s.id = $4
"""


async def require_reached(reads: Reads, caller: Caller, self_evaluation_id: UUID) -> None:
    """Raise NotFound unless the form is the caller's to review."""
    await reads.one(_TO_RECHECK, *await reach(reads, caller), self_evaluation_id)


def recheck_of(text: str | None) -> Mapping[str, Any] | None:
    """The re-review read as JSON, with its labels."""
    if text is None:
        return None
    found = orjson.loads(text)
    reviewer = reviewer_of(found)
    return {
        **found,
        "reviewer": reviewer,
        "reviewer_label": REVIEWERS[reviewer],
        "grade_label": label(found["grade"], GRADES),
    }


def reviewer_of(row: Mapping[str, Any]) -> str:
    """Who reviews: without an engagement it is the bureau."""
    return "agency" if row["engagement_id"] else "bureau"
