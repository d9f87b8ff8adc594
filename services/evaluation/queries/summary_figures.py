"""The figures of the annual summary that evaluation owns, by one statement so that they agree."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from services.evaluation.domain.amounts import in_wan_yuan
from services.evaluation.domain.vocabulary import GRADES
from services.evaluation.schemas.summaries import FigureOut, TraceOut

#: Reported self-evaluations and final evaluations of region $1 in year $2.
COUNTED = """
    reported as (
        select * from self_evaluation
        where region_code = $1 and fiscal_year = $2 and status <> 'open'),
    final_group as (
        select e.kind, e.fiscal_year, n.agency_id, g.*
        from evaluation e
        join engagement n on n.region_code = e.region_code and n.id = e.engagement_id
        join evaluation_group g on g.region_code = e.region_code and g.evaluation_id = e.id
        where e.region_code = $1 and e.fiscal_year = $2 and e.finalized_at is not null),
    subject as (
        select g.kind, g.score, g.grade, x.*
        from final_group g
        join evaluation_subject x on x.region_code = g.region_code
             and x.evaluation_id = g.evaluation_id and x.group_no = g.group_no),
    key_project as (
        select x.project_code, x.project_name, x.score_count,
               coalesce(sum(f.amount), 0) as amount,
               coalesce(sum(f.amount) filter (where f.fund_level = 'county'), 0) as county_amount
        from (select project_code, min(project_name) as project_name,
                     count(distinct (evaluation_id, group_no)) as score_count
              from subject where kind = 'project' group by project_code) x
        left join approved_goal t on t.region_code = $1 and t.fiscal_year = $2
                                 and t.project_code = x.project_code
        left join approved_fund f on f.region_code = t.region_code and f.goal_id = t.goal_id
        group by 1, 2, 3)
"""

FIGURES = f"""
    with {COUNTED}
    select
        (select count(distinct unit_code) from reported) as units,
        (select count(*) from reported) as projects,
        (select coalesce(sum(amount), 0) from reported) as amount,
        (select count(*) from recheck c join reported r on r.id = c.self_evaluation_id
         where c.region_code = $1 and c.engagement_id is not null) as rechecked,
        (select count(*) from recheck c join reported r on r.id = c.self_evaluation_id
         where c.region_code = $1 and c.engagement_id is null) as rechecked_by_bureau,
        (select coalesce(json_object_agg(grade, n), '{{}}')::text
         from (select grade, count(*) as n from reported where grade is not null group by 1) x
        ) as self_evaluation_grades,
        (select count(*) from self_evaluation
         where region_code = $1 and fiscal_year = $2 and status = 'open') as open_count,
        (select count(*) from key_project) as key_projects,
        (select coalesce(sum(amount), 0) from key_project) as key_amount,
        (select coalesce(sum(county_amount), 0) from key_project) as key_county,
        (select count(*) from key_project where score_count > 1) as divided,
        (select count(*) from (select from subject where kind = 'project'
             group by evaluation_id, group_no having count(distinct project_code) > 1) x) as shared,
        (select count(*) from final_group where kind = 'project') as key_scores,
        (select count(distinct agency_id) from final_group where kind = 'project') as key_agencies,
        (select count(distinct unit_code) from subject where kind = 'department') as departments,
        (select count(distinct agency_id) from final_group where kind = 'department'
        ) as department_agencies,
        (select coalesce(json_object_agg(grade, n), '{{}}')::text
         from (select grade, count(*) as n from final_group where kind = 'project' group by 1) x
        ) as key_grades,
        (select coalesce(json_object_agg(grade, n), '{{}}')::text
         from (select grade, count(*) as n from final_group where kind = 'department' group by 1) x
        ) as department_grades,
        (select count(*) from evaluation
         where region_code = $1 and fiscal_year = $2 and finalized_at is null) as unfinished,
        (select count(*) from training where region_code = $1 and fiscal_year = $2) as trainings,
        (select count(distinct a.unit_code) from training t
         join training_attendance a on a.region_code = t.region_code and a.training_id = t.id
         where t.region_code = $1 and t.fiscal_year = $2) as trained_units,
        (select coalesce(json_agg(json_build_object(
            'kind', kind, 'evaluation_id', evaluation_id, 'group_no', group_no,
            'department_code', department_code, 'unit_code', unit_code, 'unit_name', unit_name,
            'project_code', project_code, 'project_name', project_name,
            'score', trim_scale(score)::text, 'grade', grade)
            order by evaluation_id, group_no, position), '[]')::text
         from subject where kind in ('project', 'department')) as subjects
"""

_COUNTY = "本级资金：已报送自评项目的当年批复预算"
_ALL_LEVELS = "各级资金（中央、自治区、市、本级）：被评价项目的当年批复预算，项目去重"
_REPORTED = "已报送（含已复审）的自评"
_PROJECTS = "已审定的财政重点项目绩效评价"
_DEPARTMENTS = "已审定的部门整体绩效评价"

_FORMS = "self-evaluations?{year}&status=submitted&status=rechecked"
_RESULTS = "results?{year}&status=final&kind="


@dataclass(frozen=True)
class _Figure:
    """A figure: the column that holds it and the list that has `rows` rows behind it."""

    code: str
    label: str
    unit: str
    column: str
    scope: str
    path: str
    rows: str | None = None


_OWN = (
    _Figure(
        "self_evaluation_units", "自评部门（单位）", "个", "units", _REPORTED,
        "self-evaluated-units?{year}",
    ),
    _Figure("self_evaluation_projects", "自评项目", "个", "projects", _REPORTED, _FORMS),
    _Figure(
        "self_evaluation_amount", "自评金额", "万元", "amount", _COUNTY, _FORMS, rows="projects"
    ),
    _Figure(
        "self_evaluation_rechecked", "第三方复审的自评", "个", "rechecked", "已复审的自评",
        "rechecks?{year}&reviewer=agency",
    ),
    _Figure(
        "self_evaluation_rechecked_by_bureau", "财政自行复审的自评", "个", "rechecked_by_bureau",
        "已复审的自评", "rechecks?{year}&reviewer=bureau",
    ),
    _Figure(
        "key_evaluation_projects", "重点评价项目", "个", "key_projects", _PROJECTS,
        "evaluated-projects?{year}",
    ),
    _Figure(
        "key_evaluation_amount", "重点评价金额", "万元", "key_amount", _ALL_LEVELS,
        "evaluated-projects?{year}", rows="key_projects",
    ),
    _Figure(
        "key_evaluation_agencies", "重点评价中介机构", "家", "key_agencies", _PROJECTS,
        "agencies?{year}&kind=project",
    ),
    _Figure(
        "key_evaluation_scores", "重点评价得分", "个", "key_scores", _PROJECTS,
        f"{_RESULTS}project",
    ),
    _Figure(
        "department_evaluation_units", "部门整体评价单位", "家", "departments", _DEPARTMENTS,
        "evaluated-units?{year}",
    ),
    _Figure(
        "department_evaluation_agencies", "部门整体评价中介机构", "家", "department_agencies",
        _DEPARTMENTS, "agencies?{year}&kind=department",
    ),
    _Figure("training_events", "培训", "次", "trainings", "本年度登记的培训", "trainings?{year}"),
    _Figure(
        "trained_units", "参加培训的部门（单位）", "个", "trained_units",
        "登记了参加人员的单位，去重", "trained-units?{year}",
    ),
)  # fmt: skip


def own_figures(row: Mapping[str, Any], fiscal_year: int) -> list[FigureOut]:
    """Every figure of the statement's row, with its trace."""
    year = f"fiscal_year={fiscal_year}"
    return [
        *(_figure(figure, row, year) for figure in _OWN),
        *_grades("self_evaluation", "自评", row["self_evaluation_grades"], _REPORTED, _FORMS, year),
        *_grades(
            "key_evaluation", "重点评价", row["key_grades"], _PROJECTS, f"{_RESULTS}project", year
        ),
        *_grades(
            "department_evaluation",
            "部门整体评价",
            row["department_grades"],
            _DEPARTMENTS,
            f"{_RESULTS}department",
            year,
        ),
    ]


def _figure(figure: _Figure, row: Mapping[str, Any], year: str) -> FigureOut:
    value, path = row[figure.column], figure.path.format(year=year)
    if figure.rows is None:
        return _count(figure.code, figure.label, figure.unit, value, scope=figure.scope, path=path)
    yuan: Decimal = value
    how = "清单各行 amount 之和（元）÷ 10000，四舍五入到两位小数"
    return FigureOut(
        code=figure.code,
        label=figure.label,
        value=str(in_wan_yuan(yuan)),
        unit=figure.unit,
        amount_yuan=yuan,
        scope=figure.scope,
        trace=_trace(path, row[figure.rows], how),
    )


def _grades(
    code: str, label: str, counts: str, scope: str, path: str, year: str
) -> list[FigureOut]:
    found = orjson.loads(counts)
    return [
        _count(
            f"{code}_grade_{grade}",
            f"{label}等级为“{word}”",
            "个",
            found.get(grade, 0),
            scope=scope,
            path=f"{path.format(year=year)}&grade={grade}",
        )
        for grade, word in GRADES.items()
    ]


def _count(code: str, label: str, unit: str, value: int, *, scope: str, path: str) -> FigureOut:
    """A figure that is the number of rows of a list of this service."""
    return FigureOut(
        code=code,
        label=label,
        value=str(value),
        unit=unit,
        amount_yuan=None,
        scope=scope,
        trace=_trace(path, value, "清单行数"),
    )


def _trace(path: str, count: int, how: str) -> TraceOut:
    return TraceOut(service="evaluation", href=f"/api/v1/evaluation/{path}", count=count, how=how)
