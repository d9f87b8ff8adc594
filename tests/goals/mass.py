"""Many goals at once, straight into the tables: for what has to hold with ten thousand or a million."""

import asyncpg

_UNITS = """
    insert into goals.unit (region_code, code, name, department_code, office, synthetic,
                            row_version, updated_at)
    select $1::text, (101000 + n)::text, '单位' || n || '（示例）', '101',
           case when n % 2 = 0 then '行财室（示例）' else '教科文室（示例）' end, true, 1, now()
    from generate_series(0, 49) n on conflict do nothing
"""
_PROJECTS = """
    insert into goals.project (region_code, code, name, unit_code, category, kind, spending_kind,
                               is_key, synthetic, row_version, updated_at)
    select $1::text, '64010423T' || lpad(n::text, 12, '0'), '项目' || n || '（示例）',
           (101000 + n % 50)::text, 'specific', 'continuing', 'other', false, true, 1, now()
    from generate_series(1, $2::int) n
"""
_FUNDS = """
    insert into goals.project_fund (region_code, project_code, fiscal_year, fund_level, source,
                                    amount)
    select $1::text, '64010423T' || lpad(n::text, 12, '0'), 2023, 'county', 'appropriation', 100000
    from generate_series(1, $2::int) n
"""
_GOALS = """
    insert into goals.goal (region_code, id, kind, project_code, unit_code, fiscal_year, status,
                            annual_goal, tasks, submission_count, attention, drafted_by,
                            submitted_by, reviewed_by, row_version, updated_at)
    select $1::text, ('01a00000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'project',
           '64010423T' || lpad(n::text, 12, '0'), (101000 + n % 50)::text, 2023, $3::text,
           '更换路灯 ' || n || ' 盏', '[]', case when $3::text = 'draft' then 0 else 1 end, 3, 'filler',
           case when $3::text <> 'draft' then 'approver' end,
           case when $3::text = 'reviewed' then 'officer' end, 1, now()
    from generate_series(1, $2::int) n
"""
_INDICATORS = """
    insert into goals.goal_indicator (region_code, goal_id, row_id, position, scope, level1, level2,
                                      name, operator, target_value, unit_of_measure, weight)
    select $1::text, ('01a00000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid,
           ('01b00000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, i, 'annual',
           case when i < 8 then 'output' else 'benefit' end,
           case when i < 8 then 'quantity' else 'social' end, '指标' || i, '>=', 100 + i, '盏', 9
    from generate_series(1, $2::int) n, generate_series(1, 10) i
"""
_SUBMISSIONS = """
    insert into goals.goal_submission (region_code, goal_id, submission_no, content, submitted_by,
                                       submitted_at)
    select $1::text, g.id, 1, jsonb_build_object('annual_goal', g.annual_goal, 'midterm_goal', null,
               'tasks', '[]'::jsonb, 'indicators', i.rows), 'approver', now()
    from goals.goal g, (
        select jsonb_agg(jsonb_build_object(
            'row_id', ('01b00000-0000-7000-8000-' || lpad(to_hex(i), 12, '0')), 'position', i,
            'scope', 'annual', 'level1', case when i < 8 then 'output' else 'benefit' end,
            'level2', case when i < 8 then 'quantity' else 'social' end, 'name', '指标' || i,
            'operator', '>=', 'target_value', (100 + i)::text, 'target_text', null,
            'unit_of_measure', '盏', 'weight', '9', 'evidence', null, 'scoring_rule', null,
            'library_id', null)) as rows
        from generate_series(1, 10) i) i
    where g.region_code = $1::text
"""


async def fill(
    admin_url: str, region_code: str, count: int, *, status: str = "draft", rows: bool = True
) -> None:
    """`count` projects of 50 units, each with a goal of ten indicators in the state named."""
    connection = await asyncpg.connect(admin_url)
    try:
        await connection.execute(_UNITS, region_code)
        await connection.execute(_PROJECTS, region_code, count)
        await connection.execute(_FUNDS, region_code, count)
        await connection.execute(_GOALS, region_code, count, status)
        if rows:
            await connection.execute(_INDICATORS, region_code, count)
        if status != "draft":
            await connection.execute(_SUBMISSIONS, region_code)
        await connection.execute("analyze goals.goal; analyze goals.project; analyze goals.unit")
    finally:
        await connection.close()
