"""项目资金 of self-evaluation `s` by fund level (资金级次) and by kind (资金构成), as they stand now."""

_OF_THE_GOAL = "b.region_code = s.region_code and b.goal_id = s.goal_id"

#: Null where the first approval is not known here.
_INITIAL = f"""
    case when (select count(*) from approved_budget b where {_OF_THE_GOAL} and b.is_initial) > 0
         then sum(initial) end as budget_initial
"""

#: fund_level, budget_initial, budget_full_year, executed.
LIVE_FUNDS = f"""
    select fund_level, {_INITIAL}, sum(budget) as budget_full_year, sum(paid) as executed
    from (select f.fund_level, 0.00 as initial, f.amount as budget, 0.00 as paid
          from approved_fund f
          where f.region_code = s.region_code and f.goal_id = s.goal_id
          union all
          select b.fund_level, b.amount, 0.00, 0.00 from approved_budget b
          where {_OF_THE_GOAL} and b.is_initial
          union all
          select p.fund_level, 0.00, 0.00, p.amount from execution_paid p
          where p.region_code = s.region_code and p.project_code = s.project_code
            and p.fiscal_year = s.fiscal_year) money
    group by fund_level
"""

#: kind, budget_initial, budget_full_year, and what the unit says was paid of it. A budget whose
#: sources are not told apart has no kinds.
LIVE_KINDS = f"""
    select money.kind, {_INITIAL}, sum(budget) as budget_full_year,
           (select t.executed from self_evaluation_fund_kind t
            where t.region_code = s.region_code and t.self_evaluation_id = s.id
              and t.kind = money.kind) as executed
    from (select b.kind, case when b.is_initial then b.amount else 0.00 end as initial,
                 case when b.is_initial then 0.00 else b.amount end as budget
          from approved_budget b where {_OF_THE_GOAL}) money
    where not exists (select from approved_budget b
                      where {_OF_THE_GOAL} and not b.is_initial and b.kind = 'unspecified')
      and money.kind <> 'unspecified'
    group by money.kind
    having sum(initial) <> 0 or sum(budget) <> 0
    order by array_position(array['current_appropriation', 'carry_over', 'other'], money.kind)
"""

#: What was frozen with the submission, in the same columns as LIVE_FUNDS and LIVE_KINDS.
FROZEN_FUNDS = """
    select fund_level, budget_initial, budget_full_year, executed from self_evaluation_fund f
    where f.region_code = s.region_code and f.self_evaluation_id = s.id
"""
FROZEN_KINDS = """
    select kind, budget_initial, budget_full_year, executed from self_evaluation_fund_kind k
    where k.region_code = s.region_code and k.self_evaluation_id = s.id
      and k.budget_full_year is not null
    order by array_position(array['current_appropriation', 'carry_over', 'other'], kind)
"""
