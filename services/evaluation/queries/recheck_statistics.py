"""复审一致性: how far reviewers and units agree, by one statement so that the counts agree too."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from services.evaluation.domain.vocabulary import GRADES
from services.evaluation.queries.labels import labelled
from services.evaluation.schemas.rechecks import RecheckStatisticsOut
from shared.auth import Caller
from shared.db import Reads
from shared.pages import Page, PageRequest

_GROUPS = {
    "unit": "s.unit_code as key, s.unit_name as name",
    "agency": "coalesce(a.uscc, 'bureau') as key, coalesce(a.name, '财政部门') as name",
}

_STATISTICS = """
    with reviewed as (
        select s.id, s.grade as self_grade, c.grade as review_grade, s.total, c.review_total, {group}
        from recheck c
        join self_evaluation s on s.region_code = c.region_code and s.id = c.self_evaluation_id
        left join engagement e on e.region_code = c.region_code and e.id = c.engagement_id
        left join agency a on a.region_code = e.region_code and a.id = e.agency_id
        where c.region_code = $1 and s.fiscal_year = $2),
    of_forms as (
        select key, max(name) as name, count(*) as form_count,
               count(*) filter (where total = review_total) as equal_total_count,
               sum(total - review_total) as total_difference_sum,
               count(*) filter (where self_grade is not null and review_grade is not null)
                   as graded_form_count,
               count(*) filter (where self_grade <> review_grade) as changed_grade_count
        from reviewed group by key),
    of_rows as (
        select v.key, count(*) as row_count,
               count(*) filter (where r.score = r.review_score) as equal_row_count,
               sum(abs(r.score - r.review_score)) as row_difference_sum
        from reviewed v
        join self_evaluation_row r on r.region_code = $1 and r.self_evaluation_id = v.id
        where r.score is not null and r.review_score is not null
        group by v.key),
    of_grades as (
        select key, json_agg(json_build_object('self_grade', self_grade,
                   'review_grade', review_grade, 'form_count', form_count)
                   order by self_grade, review_grade)::text as grade_changes
        from (select key, self_grade, review_grade, count(*) as form_count from reviewed
              where self_grade is not null and review_grade is not null group by 1, 2, 3) pair
        group by key),
    of_findings as (
        select key, sum(finding_count) as finding_count,
               json_agg(json_build_object('code', code, 'label', label,
                   'finding_count', finding_count, 'form_count', form_count,
                   'rectification_advised_count', advised) order by code)::text as findings
        from (select v.key, f.code, max(f.label) as label, count(*) as finding_count,
                     count(distinct v.id) as form_count,
                     count(*) filter (where f.rectification_advised) as advised
              from reviewed v
              join recheck_finding f on f.region_code = $1 and f.self_evaluation_id = v.id
              group by 1, 2) kind
        group by key)
    select key, name, form_count, equal_total_count, total_difference_sum,
           coalesce(row_count, 0) as row_count, coalesce(equal_row_count, 0) as equal_row_count,
           coalesce(row_difference_sum, 0.00) as row_difference_sum, graded_form_count,
           changed_grade_count, grade_changes, coalesce(finding_count, 0)::int as finding_count,
           coalesce(findings, '[]') as findings
    from of_forms left join of_rows using (key) left join of_grades using (key)
    left join of_findings using (key)
    where $3::text is null or key > $3
    order by key limit $4
"""


async def statistics(
    reads: Reads, caller: Caller, paging: PageRequest, *, fiscal_year: int, by: str
) -> Page[RecheckStatisticsOut]:
    """The re-reviewed forms of a year, one row for each unit or reviewer, by its code."""
    rows = await reads.all(
        _STATISTICS.format(group=_GROUPS[by]),
        caller.region_code,
        fiscal_year,
        *paging.after(str),
        paging.limit + 1,
    )
    listed = f"/api/v1/evaluation/rechecks?fiscal_year={fiscal_year}&"
    return paging.page(
        rows, lambda row: _group(row, listed + _behind(by, row["key"])), lambda row: [row["key"]]
    )


def _behind(by: str, key: str) -> str:
    if key == "bureau":
        return "reviewer=bureau"
    return f"unit_code={key}" if by == "unit" else f"agency_uscc={key}"


def _group(row: Mapping[str, Any], rows_href: str) -> RecheckStatisticsOut:
    changes = labelled(row["grade_changes"], self_grade=GRADES, review_grade=GRADES)
    return RecheckStatisticsOut.model_validate(
        {
            **row,
            "mean_total_difference": _mean(row["total_difference_sum"], row["form_count"]),
            "mean_row_difference": _mean(row["row_difference_sum"], row["row_count"]),
            "grade_changes": changes,
            "rows_href": rows_href,
        }
    )


def _mean(total: Decimal, count: int) -> Decimal | None:
    return (total / count).quantize(Decimal("0.01"), ROUND_HALF_UP) if count else None
