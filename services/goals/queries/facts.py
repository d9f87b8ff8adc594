"""The snapshots published as facts, as SQL: a batch of ten thousand never passes through Python."""

#: One row a goal of the batch: `subject`, and `data` in the shape of `GoalApproved`.
APPROVED = """
    select g.id::text as subject, jsonb_build_object(
        'goal_id', g.id, 'version', g.row_version, 'version_no', v.version_no,
        'project_code', g.project_code, 'project_name', p.name,
        'unit_code', g.unit_code, 'unit_name', u.name, 'department_code', u.department_code,
        'office', u.office, 'fiscal_year', g.fiscal_year, 'document_no', b.document_no,
        'approved_on', b.approved_on, 'category', p.category, 'is_key', p.is_key,
        'sector', p.sector,
        'funds', (select coalesce(jsonb_agg(jsonb_build_object(
                      'fund_level', f.fund_level, 'amount', f.amount::text)
                      order by f.fund_level), '[]')
                  from (select fund_level, sum(amount) as amount from jsonb_to_recordset(v.funds)
                        as one(fund_level text, amount numeric) group by fund_level) f),
        'fund_sources', (select coalesce(jsonb_agg(jsonb_build_object(
                      'fund_level', f.fund_level, 'source', f.source, 'amount', f.amount::text)
                      order by f.fund_level, f.source), '[]')
                  from jsonb_to_recordset(v.funds)
                       as f(fund_level text, source text, amount numeric)),
        'annual_goal', coalesce(s.content ->> 'annual_goal', ''),
        'indicators', (select coalesce(jsonb_agg(jsonb_build_object(
                      'position', i.n, 'level1', i.row ->> 'level1', 'level2', i.row ->> 'level2',
                      'name', i.row ->> 'name', 'operator', i.row ->> 'operator',
                      'target_value', i.row ->> 'target_value',
                      'target_text', i.row ->> 'target_text',
                      'unit_of_measure', i.row ->> 'unit_of_measure',
                      'weight', i.row ->> 'weight') order by i.n), '[]')
                  from (select row, row_number() over (order by (row ->> 'position')::int) as n
                        from jsonb_array_elements(s.content -> 'indicators') as row
                        where row ->> 'scope' = 'annual') i),
        'synthetic', p.synthetic) as data
    from goal_version v
    join goal g on g.region_code = v.region_code and g.id = v.goal_id
    join goal_submission s on s.region_code = v.region_code and s.goal_id = v.goal_id
                          and s.submission_no = v.submission_no
    join approval_batch b on b.region_code = v.region_code and b.id = v.batch_id
    join project p on p.region_code = g.region_code and p.code = g.project_code
    join unit u on u.region_code = g.region_code and u.code = g.unit_code
    where v.region_code = :region_code and v.batch_id = :batch_id
"""

#: One row a goal that the disclosure published: in the shape of `GoalDisclosed`.
DISCLOSED = """
    select g.id::text as subject, jsonb_build_object(
        'goal_id', g.id, 'version', g.row_version, 'disclosed_on', d.disclosed_on, 'url', d.url
        ) as data
    from goal g
    join disclosure d on d.region_code = g.region_code and d.id = g.disclosure_id
    where g.region_code = :region_code and g.disclosure_id = :disclosure_id
"""
