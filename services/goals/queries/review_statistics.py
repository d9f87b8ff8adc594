"""初审情况: how the first drafts of each unit fared at the bureau."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from services.goals.domain.disclosure import Coverage
from services.goals.schemas.review_statistics import UnitReviewStatistics
from shared.auth import Caller
from shared.clock import SHANGHAI
from shared.db import Reads
from shared.filters import Where
from shared.pages import Page, PageRequest

#: A conclusion that was taken back does not count, nor does a review of a later adjustment.
_STANDING = """
    select (array_agg(r.grade order by r.submission_no, r.id))[1] as first_grade,
           count(*) filter (where r.grade = 'fair') as return_count
    from goal_review r
    left join goal_version v on v.region_code = r.region_code and v.goal_id = r.goal_id
                            and v.version_no = 1
    where r.region_code = $1 and r.goal_id = g.id
      and r.submission_no <= coalesce(v.submission_no, r.submission_no)
      and not exists (
          select from goal_step w
          where w.region_code = $1 and w.goal_id = r.goal_id and w.step = 'withdraw_review'
            and w.submission_no = r.submission_no and w.at > r.reviewed_at)
"""

#: Goals of projects and of whole departments, each once, by its first submission.
_BY_UNIT = f"""
    select g.unit_code, u.name as unit_name, u.office, count(*) as submitted_count,
           count(r.first_grade) as reviewed_count,
           count(*) filter (where r.first_grade = 'excellent') as passed_at_first_count,
           count(*) filter (where r.first_grade = 'good') as improving_at_first_count,
           count(*) filter (where r.first_grade = 'fair') as returned_at_first_count,
           count(*) filter (where r.first_grade = 'poor') as rejected_at_first_count,
           count(*) filter (where r.return_count > 0) as returned_goal_count,
           coalesce(sum(r.return_count), 0)::int as return_count
    from goal_submission s
    join goal g on g.region_code = s.region_code and g.id = s.goal_id
    join unit u on u.region_code = g.region_code and u.code = g.unit_code
    left join lateral ({_STANDING}) r on true
    where s.region_code = $1 and s.submission_no = 1
"""


async def review_statistics(
    reads: Reads,
    caller: Caller,
    paging: PageRequest,
    *,
    fiscal_year: int | None,
    submitted_from: date | None,
    submitted_to: date | None,
    office: str | None,
) -> Page[UnitReviewStatistics]:
    """Units with goals first submitted in the period, both its days included, by code."""
    where = Where(caller.region_code)
    where.add("g.unit_code = any ({})", caller.units)
    where.add("g.fiscal_year = {}", fiscal_year)
    where.add("s.submitted_at >= {}", _begin_of(submitted_from))
    where.add("s.submitted_at < {}", _begin_of(submitted_to, days_later=1))
    where.add("u.office = {}", office)
    where.add_after("g.unit_code > {}", paging.after(str))
    limit = where.limit(paging.limit + 1)
    rows = await reads.all(
        f"{_BY_UNIT}{where} group by g.unit_code, u.name, u.office order by g.unit_code{limit}",
        *where.arguments,
    )
    return paging.page(rows, _out, lambda row: [row["unit_code"]])


def _begin_of(day: date | None, *, days_later: int = 0) -> datetime | None:
    if day is None:
        return None
    return datetime.combine(day, time.min, SHANGHAI) + timedelta(days=days_later)


def _out(row: Mapping[str, Any]) -> UnitReviewStatistics:
    passed = Coverage(row["passed_at_first_count"], row["reviewed_count"])
    return UnitReviewStatistics.model_validate({**row, "first_pass_rate": passed.rate})
