"""The statements of a round's report: each one set, of the rows the caller reaches.

All take $1 region, $2 units (null: all), $3 the round.
"""

from services.monitoring.queries.rectifications import OF_ROUND, OWED_ON
from services.monitoring.queries.warning_texts import TEXT_COLUMNS, TEXT_JOIN
from services.monitoring.queries.warnings import ANSWER_STATE

_FORMS = """
    from monitoring_form f
    {join}
    where f.region_code = $1 and ($2::text[] is null or f.unit_code = any ($2))
      and f.round_id = {round}
"""
_FUNDS = "join form_fund x on x.region_code = f.region_code and x.form_id = f.id"
_ROWS = "join form_row x on x.region_code = f.region_code and x.form_id = f.id"
_WARNINGS = """
    where w.region_code = $1 and ($2::text[] is null or w.unit_code = any ($2))
      and w.round_id = $3
"""

MONEY = f"""
    select x.fund_level, sum(x.budget) as budget, sum(x.executed_to_date) as executed_to_date
    {_FORMS.format(join=_FUNDS, round="$3")} group by x.fund_level
"""

#: The latest round of the year whose period ended before this one's.
PREVIOUS = f"""
    select p.id as round_id, p.name, p.period_to,
           (select count(*) {_FORMS.format(join="", round="p.id")}) as project_count,
           (select coalesce(sum(x.budget), 0) {_FORMS.format(join=_FUNDS, round="p.id")}) as budget,
           (select coalesce(sum(x.executed_to_date), 0)
            {_FORMS.format(join=_FUNDS, round="p.id")}) as executed_to_date,
           c.red, c.yellow
    from monitoring_round r
    join monitoring_round p on p.region_code = r.region_code and p.fiscal_year = r.fiscal_year
                           and p.period_to < r.period_to
    cross join lateral (
        select count(*) filter (where colour = 'red') as red,
               count(*) filter (where colour = 'yellow') as yellow
        from project_colour where region_code = p.region_code and round_id = p.id
          and ($2::text[] is null or unit_code = any ($2))) c
    where r.region_code = $1 and r.id = $3
    order by p.period_to desc, p.id desc limit 1
"""

BY_RULE = f"""
    select w.rule_id, max(t.wording ->> 'title') as title,
           count(*) filter (where w.status = 'open') as count,
           count(*) filter (where w.status = 'open' and w.level = 'red') as red,
           count(*) filter (where w.status = 'open' and w.level = 'yellow') as yellow,
           count(*) filter (where w.status = 'closed') as closed
    from warning w {TEXT_JOIN} {_WARNINGS}
    group by w.rule_id order by red desc, yellow desc, w.rule_id
"""

#: ('red' stands before 'yellow'.) Takes $4, how many.
MOST_SERIOUS = f"""
    select w.id as warning_id, w.project_code, w.project_name, w.unit_code, w.unit_name,
           w.position, w.level, {TEXT_COLUMNS}
    from warning w {TEXT_JOIN}
    left join lateral (
        select sum(x.budget) as budget from monitoring_form f {_FUNDS}
        where f.region_code = w.region_code and f.round_id = w.round_id
          and f.project_code = w.project_code) m on true
    {_WARNINGS} and w.status = 'open'
    order by w.level, m.budget desc nulls last, w.id limit $4
"""

CAUSES = f"""
    select cause, count(*) as row_count, count(distinct f.project_code) as project_count
    {_FORMS.format(join=f"{_ROWS} cross join unnest(x.deviation_causes) cause", round="$3")}
    group by cause
"""

_RED = f"""{_ROWS}
    join project_colour c on c.region_code = f.region_code and c.round_id = f.round_id
                         and c.project_code = f.project_code and c.colour = 'red'"""

#: A reason once, with all the indicators it is given for. Takes $4, how many.
WORDS = f"""
    select f.id as form_id, f.project_code, f.project_name, f.unit_name,
           array_agg(x.name order by x.position) as indicators,
           x.deviation_causes as causes, x.deviation_text as text
    {_FORMS.format(join=_RED, round="$3")} and x.deviation_text is not null
    group by f.id, f.project_code, f.project_name, f.unit_code, f.unit_name, x.deviation_causes,
             x.deviation_text
    order by f.unit_code, f.project_code, min(x.position) limit $4
"""

#: Takes $4, today.
ANSWERS = f"""
    select {ANSWER_STATE} as subject, count(*) as count,
           count(*) filter (where w.answer is null and w.answer_due_on < $4::date) as overdue
    from warning w {_WARNINGS} and w.status = 'open' group by 1
"""

#: Takes $4, today, and $5, the day before which what is owed has escalated.
LETTERS = f"""
    select status as subject, count(*) as count,
           count(*) filter (where owed_on < $4::date and owed_on >= $5::date) as overdue,
           count(*) filter (where owed_on < $4 and owed_on < $5) as escalated
    from (select l.status, {OWED_ON} as owed_on from rectification l
          where l.region_code = $1 and ($2::text[] is null or l.unit_code = any ($2))
            and {OF_ROUND.replace("{}", "$3")}) l
    group by status
"""

#: Controls belong to a year: those of the round's.
CONTROLS = """
    select c.status as subject, count(*) as count
    from payment_control c
    join monitoring_round r on r.region_code = c.region_code and r.id = $3
                           and r.fiscal_year = c.fiscal_year
    where c.region_code = $1 and ($2::text[] is null or c.unit_code = any ($2))
      and c.status in ('proposed', 'active')
    group by c.status
"""
