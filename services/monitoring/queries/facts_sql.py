"""The facts the warning rules judge, as two relations in SQL: of projects, and of indicators.

Parameters of both: $1 region, $2 fiscal year, $3 round, $4 as-of day, and of the chunk of projects
codes after $5 up to $6. Whatever learns a new fact adds it here and nowhere else.
"""

#: One row a project with an approved goal, whether the round chose it for a form or not: money is
#: watched whole, against the budget in force on the day (none before its approval). A form still
#: being filled in for the first time has said nothing yet: its project has no `form_id`.
PROJECTS = """
    select g.project_code, g.project_name, g.unit_code, g.unit_name, f.id as form_id,
           coalesce(b.budget, 0) as budget, coalesce(p.paid, 0) as paid,
           l.planned_pct_by_month[extract(month from $4::date)::int] as planned_pct,
           t.tender_on
    from approved_goal g
    left join monitoring_form f on f.region_code = g.region_code and f.round_id = $3
                               and f.project_code = g.project_code and f.status <> 'open'
                               and f.project_code > $5 and f.project_code <= $6
    left join (
        select distinct on (project_code) project_code, version_no from budget_version
        where region_code = $1 and fiscal_year = $2 and project_code > $5 and project_code <= $6
          and approved_on <= $4
        order by project_code, version_no desc) v on v.project_code = g.project_code
    left join (
        select project_code, version_no, sum(amount) as budget from budget_fund
        where region_code = $1 and fiscal_year = $2 and project_code > $5 and project_code <= $6
        group by project_code, version_no) b on b.project_code = v.project_code
                                            and b.version_no = v.version_no
    left join (
        select project_code, sum(amount) as paid from payment
        where region_code = $1 and fiscal_year = $2 and project_code > $5 and project_code <= $6
          and paid_on <= $4
        group by project_code) p on p.project_code = g.project_code
    left join (
        select distinct on (project_code) project_code, planned_pct_by_month from payment_plan
        where region_code = $1 and fiscal_year = $2 and project_code > $5 and project_code <= $6
        order by project_code, version desc) l on l.project_code = g.project_code
    left join (
        select distinct on (project_code) project_code, tender_on from tender
        where region_code = $1 and fiscal_year = $2 and project_code > $5 and project_code <= $6
        order by project_code, version desc) t on t.project_code = g.project_code
                                              and t.tender_on <= $4
    where g.region_code = $1 and g.fiscal_year = $2
      and g.project_code > $5 and g.project_code <= $6
"""

#: One row an indicator of `project_fact`, which is the relation above. `offset 0` keeps the look-up
#: by form: joined as a whole, the rows of all forms would be read once a chunk.
INDICATORS = """
    select p.project_code, r.position, r.name, r.operator, r.target_value, r.actual_to_date,
           r.actual_forecast, r.band, r.likelihood
    from project_fact p
    cross join lateral (
        select x.* from form_row x where x.region_code = $1 and x.form_id = p.form_id offset 0) r
"""

#: Where the next chunk ends and how many projects it has: after $3, at most $4 of them.
CHUNK = """
    select max(project_code) as upto, count(*) as count
    from (select project_code from approved_goal
          where region_code = $1 and fiscal_year = $2 and project_code > $3
          order by project_code limit $4) chunk
"""

PROJECT_COUNT = """
    select count(*) as count from approved_goal where region_code = $1 and fiscal_year = $2
"""
