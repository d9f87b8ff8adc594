"""One chunk of a run: its projects are judged and what changed is written, in one statement.

The lights come from the rules compiled to SQL. A warning is known by (round, project, rule,
position): it opens, changes, closes or stays as it is, and there is never a second of it. Judged
again on the same facts nothing is written.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.answers import answer_due
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.domain.rule_in_force import Wording
from services.monitoring.queries.facts_sql import CHUNK, INDICATORS, PROJECTS
from services.monitoring.queries.rules_sql import RANK_STEP, RULE_STEP, judged_sql
from services.monitoring.schemas.events import WarningClosed, WarningOpened
from services.monitoring.tables import RuleRun
from shared.clock import business_day
from shared.db import TransactionReads
from shared.feed import publish_selected
from shared.ids import new_id

#: Large enough for sets to pay, small enough that a run can be stopped and others get on.
CHUNK_SIZE = 10_000

_COUNTS = ("opened", "updated", "worsened", "unchanged", "closed")
_COLOURS = ("red", "yellow", "green", "not_applicable")

_WRITE = """
    with {judged},
    known as materialized (
        select id, project_code, rule_id, position, status, level, rule_key, inputs from warning
        where region_code = $1 and round_id = $3 and project_code > $5 and project_code <= $6),
    named as materialized (
        select f.project_code, f.rule, ($8::text[])[f.rule] as rule_id,
               ($7::text[])[f.rule] as rule_key, f.position, f.inputs,
               case f.rank when 0 then 'red' else 'yellow' end as level
        from found f),
    change as materialized (
        select n.*, k.id as known_id, k.level as level_before,
               k.status is not distinct from 'open' as stood
        from named n left join known k on k.project_code = n.project_code
                                      and k.rule_id = n.rule_id and k.position = n.position
        where k.id is null or k.status <> 'open' or k.level <> n.level
           or k.rule_key <> n.rule_key or k.inputs <> n.inputs),
    opened as (
        insert into warning (region_code, id, round_id, run_id, project_code, project_name,
                             unit_code, unit_name, fiscal_year, rule_id, position, level, status,
                             rule_key, inputs, answer_due_on, false_alarm, opened_at, row_version,
                             told_version, updated_at)
        select $1, ($11::text || lpad(to_hex(row_number() over (
                        order by c.project_code, c.rule, c.position)), 12, '0'))::uuid,
               $3, $9::uuid, c.project_code, p.project_name, p.unit_code, p.unit_name, $2,
               c.rule_id, c.position, c.level, 'open', c.rule_key, c.inputs, $12::date, false,
               $10::timestamptz, 1, 1, $10
        from change c join project p on p.project_code = c.project_code
        where c.known_id is null),
    changed as (
        update warning w
        set run_id = $9, project_name = p.project_name, unit_code = p.unit_code,
            unit_name = p.unit_name, level = c.level, status = 'open', rule_key = c.rule_key,
            inputs = c.inputs, closed_at = null, updated_at = $10,
            opened_at = case when c.stood then w.opened_at else $10 end,
            row_version = w.row_version + 1,
            told_version = case when c.stood and c.level = c.level_before then w.told_version
                                else w.row_version + 1 end,
            answer = case when {asks} then null else w.answer end,
            false_alarm = w.false_alarm and not ({asks}),
            answer_due_on = case when {asks} then $12 else w.answer_due_on end
        from change c join project p on p.project_code = c.project_code
        where c.known_id is not null and w.id = c.known_id and {in_chunk}),
    closed as (
        update warning w
        set status = 'closed', closed_at = $10, run_id = $9, updated_at = $10,
            row_version = w.row_version + 1, told_version = w.row_version + 1
        from known k join project p on p.project_code = k.project_code
        where w.id = k.id and k.status = 'open' and {in_chunk}
          and not exists (select from named n where n.project_code = k.project_code
                          and n.rule_id = k.rule_id and n.position = k.position)
        returning 1),
    light as (
        select project_code, unit_code, key,
               (array['red', 'yellow', 'green', 'blue', 'not_applicable'])
                   [key / {rank_step} + 1] as colour,
               case when key < 4 * {rank_step}
                    then ($8::text[])[key % {rank_step} / {rule_step}] end as rule_id,
               case when key < 4 * {rank_step} then key % {rule_step} end as position
        from project),
    painted as (
        insert into project_colour (region_code, round_id, project_code, unit_code, colour,
                                    rule_id, position, run_id, changed_at)
        select $1, $3, l.project_code, l.unit_code, l.colour, l.rule_id, l.position, $9, $10
        from light l left join project_colour old on old.region_code = $1 and old.round_id = $3
                                                 and old.project_code = l.project_code
                                                 and old.project_code > $5
                                                 and old.project_code <= $6
        where old.project_code is null
           or (old.unit_code, old.colour, old.rule_id, old.position)
              is distinct from (l.unit_code, l.colour, l.rule_id, l.position)
        on conflict (region_code, round_id, project_code) do update
        set unit_code = excluded.unit_code, colour = excluded.colour, rule_id = excluded.rule_id,
            position = excluded.position, run_id = excluded.run_id,
            changed_at = excluded.changed_at)
    select c.*, l.*, (select count(*) from closed) as closed,
           (select count(*) from named) - c.opened - c.updated as unchanged
    from (select count(*) filter (where not stood) as opened,
                 count(*) filter (where stood) as updated,
                 count(*) filter (where stood and level <> level_before) as recoloured,
                 count(*) filter (where stood and level < level_before) as worsened
          from change) c,
         (select count(*) filter (where colour = 'red') as red,
                 count(*) filter (where colour = 'yellow') as yellow,
                 count(*) filter (where colour in ('green', 'blue')) as green,
                 count(*) filter (where colour = 'not_applicable') as not_applicable
          from light) l
"""

#: Says again what the join by id says already, for the sake of the index.
_IN_CHUNK = """w.region_code = $1 and w.round_id = $3
          and w.project_code > $5 and w.project_code <= $6"""

#: A warning that comes back, or worsens, asks for a new answer. ('red' stands before 'yellow'.)
_ASKS = "not c.stood or c.level < c.level_before"

_TOLD = """
    select w.id::text as subject, jsonb_build_object('warning_id', w.id, 'version', w.row_version,
           'project_code', w.project_code, 'unit_code', w.unit_code, 'fiscal_year', w.fiscal_year,
           'rule_id', w.rule_id, 'level', w.level, 'status', w.status) as data
    from warning w
    where w.region_code = :region_code and w.round_id = :round_id and w.project_code > :after
      and w.project_code <= :upto and w.run_id = :run_id and w.told_version = w.row_version
      and w.status = :status
"""

#: A chunk is a small part of large tables: its rows are read by index ranges and then hashed,
#: whatever the statistics of tables that grow under the run may say; compiling the expressions
#: would take longer than evaluating them.
_SETTINGS = text("""
    select set_config('statement_timeout', '120s', true), set_config('work_mem', '64MB', true),
           set_config('plan_cache_mode', 'force_custom_plan', true),
           set_config('enable_seqscan', 'off', true), set_config('enable_nestloop', 'off', true),
           set_config('jit', 'off', true)
""")


async def judge_next_chunk(
    session: AsyncSession, run: RuleRun, fiscal_year: int, wordings: Sequence[Wording]
) -> bool:
    """Judge the projects after `run.upto`, write and publish what changed, and count it in.

    False when there was none left. The caller holds the run's row and commits.
    """
    reads = TransactionReads(session)
    chunk = await reads.one(CHUNK, run.region_code, fiscal_year, run.upto, CHUNK_SIZE)
    if chunk["upto"] is None:
        return False
    await session.execute(_SETTINGS)
    at = run.run_at
    counted = await reads.one(
        _WRITE.format(
            judged=judged_of(wordings, run.as_of),
            asks=_ASKS,
            in_chunk=_IN_CHUNK,
            rank_step=RANK_STEP,
            rule_step=RULE_STEP,
        ),
        run.region_code,
        fiscal_year,
        run.round_id,
        run.as_of,
        run.upto,
        chunk["upto"],
        [wording.key for wording in wordings],
        [wording.rule.rule_id for wording in wordings],
        run.id,
        at,
        str(new_id())[:24],
        answer_due(business_day(at), wordings[0].answering, rectification_rules().calendar),
    )
    await _tell(session, run, str(chunk["upto"]), counted)
    run.upto = str(chunk["upto"])
    run.evaluated += int(chunk["count"])
    for name in (*_COUNTS, *_COLOURS):
        setattr(run, name, getattr(run, name) + counted[name])
    return True


def judged_of(wordings: Sequence[Wording], as_of: date) -> str:
    """The judgement of a chunk's projects, over the tables as they stand."""
    rules = [wording.rule for wording in wordings]
    return judged_sql(rules, as_of, projects=PROJECTS, indicators=INDICATORS)


async def _tell(session: AsyncSession, run: RuleRun, upto: str, counted: Mapping[str, Any]) -> None:
    values = {
        "region_code": run.region_code,
        "round_id": run.round_id,
        "run_id": run.id,
        "after": run.upto,
        "upto": upto,
    }
    at: datetime = run.run_at
    opened, closed = counted["opened"] + counted["recoloured"], counted["closed"]
    if opened:
        told = values | {"status": "open"}
        await publish_selected(session, WarningOpened, _TOLD, told, count=opened, at=at)
    if closed:
        told = values | {"status": "closed"}
        await publish_selected(session, WarningClosed, _TOLD, told, count=closed, at=at)
