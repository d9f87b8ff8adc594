"""Execution as of a day, as SQL text: one source for lists, statistics and the warning rules.

$1 region_code, $2 fiscal_year, $3 the day. A budget counts from the day it was approved, a voucher
from the day it was paid, a receipt from the day the money arrived.
"""

#: The projects of the year of which anything is known: a budget comes by the feed, payments,
#: receipts and plans by import. Both indexes are in the order of the code.
KNOWN_PROJECTS = """
    select project_code from execution where region_code = $1 and fiscal_year = $2
    union
    select project_code from budget_version where region_code = $1 and fiscal_year = $2
"""

#: The budget version in force on the day, for each project that has one.
VERSION_IN_FORCE = """
    select project_code, max(version_no) as version_no from budget_version
    where region_code = $1 and fiscal_year = $2 and approved_on <= $3 group by project_code
"""

#: One row a project and fund level that has a budget, a payment or a receipt; a figure of which
#: nothing is known is null.
BY_LEVEL = f"""
    select m.project_code, m.fund_level, sum(m.budget_initial) as budget_initial,
           sum(m.budget) as budget, sum(m.carry_over) as carry_over, sum(m.paid) as paid,
           sum(m.received) as received,
           case when sum(m.received) is not null then coalesce(sum(m.paid), 0) end
               as paid_of_received
    from (select f.project_code, f.fund_level,
                 case f.version_no when 1 then f.amount else 0 end as budget_initial,
                 case f.version_no when v.version_no then f.amount else 0 end as budget,
                 case when f.version_no = v.version_no and f.source = 'carry_over'
                      then f.amount else 0 end as carry_over,
                 null::numeric as paid, null::numeric as received
          from ({VERSION_IN_FORCE}) v
          join budget_fund f on f.project_code = v.project_code
          where f.region_code = $1 and f.fiscal_year = $2 and f.version_no in (1, v.version_no)
          union all
          select project_code, fund_level, null, null, null, amount, null from payment
          where region_code = $1 and fiscal_year = $2 and paid_on <= $3
          union all
          select project_code, fund_level, null, null, null, null, amount from fund_receipt
          where region_code = $1 and fiscal_year = $2 and received_on <= $3) m
    group by m.project_code, m.fund_level
"""

#: The months of the year begun by the day: 0 before it, 12 after it (`plans.months_begun`).
MONTHS_BEGUN = """
    case when extract(year from $3::date) < $2 then 0 when extract(year from $3::date) > $2 then 12
         else extract(month from $3::date)::int end
"""

#: The plan in force of each project that has one.
PLAN_IN_FORCE = """
    select distinct on (project_code) project_code, version, planned_pct_by_month from payment_plan
    where region_code = $1 and fiscal_year = $2 order by project_code, version desc
"""

#: One row a project of the year, whatever is known of it: the figures of `BY_LEVEL` added up, each
#: source by itself in the order of its index, so that a million projects are joined without a sort.
BY_PROJECT = f"""
    select e.project_code, b.version_no, b.budget_initial, b.budget, b.carry_over, p.paid,
           r.received, r.paid_of_received
    from ({KNOWN_PROJECTS}) e
    left join (
        select v.project_code, v.version_no,
               coalesce(sum(f.amount) filter (where f.version_no = 1), 0) as budget_initial,
               coalesce(sum(f.amount) filter (where f.version_no = v.version_no), 0) as budget,
               coalesce(sum(f.amount) filter (where f.version_no = v.version_no
                                                and f.source = 'carry_over'), 0) as carry_over
        from ({VERSION_IN_FORCE}) v
        left join budget_fund f on f.region_code = $1 and f.fiscal_year = $2
                               and f.project_code = v.project_code
        group by v.project_code, v.version_no) b on b.project_code = e.project_code
    left join (
        select project_code, sum(amount) as paid from payment
        where region_code = $1 and fiscal_year = $2 and paid_on <= $3
        group by project_code) p on p.project_code = e.project_code
    left join (
        select r.project_code, sum(r.received) as received, sum(coalesce(p.paid, 0)) as paid_of_received
        from (select project_code, fund_level, sum(amount) as received from fund_receipt
              where region_code = $1 and fiscal_year = $2 and received_on <= $3
              group by project_code, fund_level) r
        left join lateral (
            select sum(amount) as paid from payment
            where region_code = $1 and fiscal_year = $2 and project_code = r.project_code
              and fund_level = r.fund_level and paid_on <= $3) p on true
        group by r.project_code) r on r.project_code = e.project_code
"""

#: For the warning rules, one row a project whose budget, payments, receipts or plan of the year are
#: known here: `budget_initial` and `budget` (null before the first approval, 0 for a budget of zero),
#: `paid` net of refunds, `received` (null when nothing is known to have arrived) and
#: `paid_of_received` of the same fund levels, `months_begun` 0–12 and `planned_pct` (null: no plan,
#: so months_begun × 100 ÷ 12, which SQL would have to round).
EXECUTION_FACTS = f"""
    select e.project_code, e.budget_initial, e.budget, coalesce(e.paid, 0) as paid, e.received,
           e.paid_of_received, b.months_begun,
           case when b.months_begun > 0 then p.planned_pct_by_month[b.months_begun]
                when p.version is not null then 0 end as planned_pct
    from ({BY_PROJECT}) e
    cross join (select {MONTHS_BEGUN} as months_begun) b
    left join ({PLAN_IN_FORCE}) p on p.project_code = e.project_code
"""
