"""建议暂停拨付: what the rules see in overdue rectifications and repeated red warnings.

A proposal holds nothing. One cause is proposed once: after a person declined it, it stays declined.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.payment_control import ProposalRule
from services.monitoring.domain.rectification_rules import rectification_rules
from shared.clock import business_day
from shared.ids import new_id

_AT_ONCE = 500

_NOT_YET = """
    not exists (select from payment_control c
                where c.region_code = f.region_code and c.project_code = f.project_code
                  and c.fiscal_year = f.fiscal_year and c.rule_id = :rule_id
                  and (c.cause = f.cause or c.status in ('proposed', 'active')))
"""

_OVERDUE = text(f"""
    select distinct on (f.region_code, f.project_code, f.fiscal_year) f.*, g.project_name
    from (select l.region_code, l.id as rectification_id, l.unit_code, l.fiscal_year, l.letter_no,
                 l.owed_on, n.project_code, l.id || ' ' || l.owed_on as cause
          from (select *, case when status = 'in_progress' then finish_due_on else due_on end
                          as owed_on
                from rectification
                where status <> 'verified' and lateness = any (cast(:levels as text[]))) l
          cross join lateral (
              select p.project_code from rectification_problem p
              where p.region_code = l.region_code and p.rectification_id = l.id
                and p.project_code is not null
              union
              select w.project_code from rectification_warning x
              join warning w on w.region_code = x.region_code and w.id = x.warning_id
              where x.region_code = l.region_code and x.rectification_id = l.id) n) f
    left join approved_goal g on g.region_code = f.region_code
        and g.project_code = f.project_code and g.fiscal_year = f.fiscal_year
    where {_NOT_YET}
    order by f.region_code, f.project_code, f.fiscal_year, f.rectification_id limit :at_once
""")

#: Of this year and the last only: of older years nothing is left to be paid.
_RED = text(f"""
    select f.*, g.project_name
    from (select w.region_code, null::uuid as rectification_id, min(w.unit_code) as unit_code,
                 w.fiscal_year, w.project_code, count(distinct w.round_id) as rounds,
                 'rounds ' || count(distinct w.round_id) as cause
          from warning w
          where w.level = 'red' and w.fiscal_year >= :since
          group by w.region_code, w.project_code, w.fiscal_year
          having count(distinct w.round_id) >= :rounds and bool_or(w.status = 'open')) f
    left join approved_goal g on g.region_code = f.region_code
        and g.project_code = f.project_code and g.fiscal_year = f.fiscal_year
    where {_NOT_YET}
    order by f.region_code, f.project_code, f.fiscal_year limit :at_once
""")

_PROPOSE = text("""
    insert into payment_control (region_code, id, project_code, project_name, unit_code,
                                 fiscal_year, status, rule_id, rule_version, cause, receipt,
                                 rectification_id, reason, lifted_when, proposed_by, proposed_at,
                                 row_version, updated_at)
    values (:region_code, :id, :project_code, :project_name, :unit_code, :fiscal_year, 'proposed',
            :rule_id, :rule_version, :cause, cast(:receipt as jsonb), :rectification_id, :reason,
            :lifted_when, :by, :at, 1, :at)
    on conflict do nothing
""")


async def propose_controls(session: AsyncSession, *, by: str, at: datetime) -> int:
    """Propose what today's rules see and nobody has proposed yet; answers how many."""
    today = business_day(at)
    proposed = 0
    for rule in rectification_rules().proposals(today):
        found = await _found(session, rule, year=today.year)
        rows = [_row(rule, one, by=by, at=at) for one in found]
        if rows:
            await session.execute(_PROPOSE, rows)
        proposed += len(rows)
    return proposed


async def _found(
    session: AsyncSession, rule: ProposalRule, *, year: int
) -> list[Mapping[str, Any]]:
    values: dict[str, Any] = {"rule_id": rule.rule_id, "at_once": _AT_ONCE}
    if rule.kind == "red_rounds":
        values |= {"rounds": rule.rounds, "since": year - 1}
        return [dict(row) for row in (await session.execute(_RED, values)).mappings()]
    levels = ["escalated"] if rule.lateness == "escalated" else ["overdue", "escalated"]
    rows = await session.execute(_OVERDUE, values | {"levels": levels})
    return [dict(row) for row in rows.mappings()]


def _row(rule: ProposalRule, found: Mapping[str, Any], *, by: str, at: datetime) -> dict[str, Any]:
    if rule.kind == "red_rounds":
        seen = f"{found['fiscal_year']} 年度 {found['rounds']} 次监控均有红色预警"
        receipt = {"rounds": found["rounds"], "threshold": rule.rounds}
    else:
        seen = f"整改函 {found['letter_no']} 应于 {found['owed_on']} 办理，至今未办"
        receipt = {"letter_no": found["letter_no"], "owed_on": str(found["owed_on"])}
    kept = ("region_code", "project_code", "unit_code", "fiscal_year", "cause", "rectification_id")
    return {
        **{name: found[name] for name in kept},
        "id": new_id(),
        "project_name": found["project_name"] or found["project_code"],
        "rule_id": rule.rule_id,
        "rule_version": rule.label,
        "receipt": orjson.dumps(receipt).decode(),
        "reason": f"{rule.title}：{seen}",
        "lifted_when": rule.lifted_when,
        "by": by,
        "at": at,
    }
