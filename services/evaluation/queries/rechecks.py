"""Re-reviews: in their form and in lists, and whether the caller is to review a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.domain.vocabulary import GRADES
from services.evaluation.queries.labels import label
from services.evaluation.queries.reach import TO_RECHECK, reach
from services.evaluation.schemas.rechecks import RecheckSummary
from shared.auth import Caller
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

REVIEWERS = {"agency": "第三方机构", "bureau": "财政部门"}

#: The findings of re-review `c` as JSON.
_FINDINGS = """
    (select coalesce(json_agg(json_build_object('number', f.number, 'code', f.code,
         'label', f.label, 'row_position', f.row_position, 'text', f.text,
         'rectification_advised', f.rectification_advised) order by f.number), '[]')
     from recheck_finding f where f.region_code = c.region_code
         and f.self_evaluation_id = c.self_evaluation_id)
"""

#: Re-review `c` of a self-evaluation as JSON text, null without one.
RECHECK_JSON = f"""
    case when c.self_evaluation_id is not null then json_build_object(
        'engagement_id', c.engagement_id, 'plan_id', c.plan_id, 'agency_name', (
            select a.name from engagement e
            join agency a on a.region_code = e.region_code and a.id = e.agency_id
            where e.region_code = c.region_code and e.id = c.engagement_id),
        'review_total', c.review_total::text, 'grade', c.grade, 'grade_receipt', c.grade_receipt,
        'rectification_advised', c.rectification_advised, 'rechecked_by', c.rechecked_by,
        'rechecked_at', c.rechecked_at, 'findings', {_FINDINGS})::text end
"""

_TO_RECHECK = f"""
    select s.id from self_evaluation s
    where s.region_code = $1 and ($2::text[] is null or s.unit_code = any ($2))
      and ($3::uuid[] is null or {TO_RECHECK}) and s.id = $4
"""


_NAMES_KIND = """exists (
    select from recheck_finding f where f.region_code = c.region_code
      and f.self_evaluation_id = c.self_evaluation_id and f.code = {})
"""

_LIST = f"""
    select c.self_evaluation_id, s.project_code, s.project_name, s.unit_code, s.unit_name,
           s.fiscal_year, c.engagement_id, a.name as agency_name, c.plan_id, s.total,
           s.grade as self_grade, c.review_total, c.grade as review_grade,
           c.rectification_advised, {_FINDINGS}::text as findings, c.rechecked_by, c.rechecked_at
    from recheck c
    join self_evaluation s on s.region_code = c.region_code and s.id = c.self_evaluation_id
    left join engagement e on e.region_code = c.region_code and e.id = c.engagement_id
    left join agency a on a.region_code = e.region_code and a.id = e.agency_id
    where c.region_code = $1
"""


@dataclass(frozen=True)
class RechecksAsked:
    """Which re-reviews a list shows; what is None leaves none out."""

    fiscal_year: int | None = None
    reviewer: str | None = None
    unit_code: str | None = None
    agency_uscc: str | None = None
    finding_code: str | None = None


async def list_rechecks(
    reads: Reads, caller: Caller, paging: PageRequest, asked: RechecksAsked
) -> Page[RecheckSummary]:
    """Re-reviews in the order of their forms."""
    where = (
        Where(caller.region_code)
        .add("s.fiscal_year = {}", asked.fiscal_year)
        .add_fixed("c.engagement_id is not null", when=asked.reviewer == "agency")
        .add_fixed("c.engagement_id is null", when=asked.reviewer == "bureau")
        .add("s.unit_code = {}", asked.unit_code)
        .add("a.uscc = {}", asked.agency_uscc)
        .add(_NAMES_KIND, asked.finding_code)
        .add_after("c.self_evaluation_id > {}", paging.after(UUID))
    )
    sql = f"{_LIST}{where} order by c.self_evaluation_id{where.limit(paging.limit + 1)}"
    rows = await reads.all(sql, *where.arguments)
    return paging.page(rows, _summary, lambda row: [row["self_evaluation_id"]])


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


def _summary(row: Mapping[str, Any]) -> RecheckSummary:
    reviewer = reviewer_of(row)
    return RecheckSummary.model_validate(
        {
            **row,
            "reviewer": reviewer,
            "reviewer_label": REVIEWERS[reviewer],
            "self_grade_label": label(row["self_grade"], GRADES),
            "review_grade_label": label(row["review_grade"], GRADES),
        }
    )
