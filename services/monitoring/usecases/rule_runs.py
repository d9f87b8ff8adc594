"""系统监控: holding a round's projects against the warning rules.

Facts are read by one statement, judged by the pure rules, and only what changed is written and
published. After a run the open warnings of the projects judged are the run's findings.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain import rules as domain
from services.monitoring.domain.verdicts import Colour, Verdict, Warning, project_colour
from services.monitoring.errors import RulesNotInForce, RunInProgress
from services.monitoring.queries.facts import Subject, subjects_of
from services.monitoring.schemas.events import WarningClosed, WarningOpened
from services.monitoring.schemas.warnings import RuleRunIn
from services.monitoring.tables import MonitoringRound, RuleRun
from services.monitoring.usecases.changes import Changes, Key, Known, changes_between
from shared.auth import Caller
from shared.clock import business_day
from shared.db import TransactionReads
from shared.feed import publish
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload, NotFound
from shared.rulebook import NoRuleInForce, Rule

_TURN = text("select pg_try_advisory_xact_lock(hashtextextended(:lock, 0))")

_KNOWN = text("""
    select id, project_code, rule_id, position, level, status, reason, receipt::text as receipt
    from warning where region_code = :region_code and round_id = :round_id
""")

_CHANGED = """
    returning id as warning_id, row_version as version, project_code, unit_code, fiscal_year,
              rule_id, position, level, status
"""

_WRITE = text(f"""
    insert into warning (region_code, id, round_id, run_id, project_code, project_name, unit_code,
                         unit_name, fiscal_year, rule_id, position, level, status, reason, receipt,
                         opened_at, row_version, updated_at)
    select :region_code, r.id, :round_id, :run_id, r.project_code, r.project_name, r.unit_code,
           r.unit_name, :fiscal_year, r.rule_id, r.position, r.level, 'open', r.reason, r.receipt,
           :at, 1, :at
    from jsonb_to_recordset(cast(:rows as jsonb))
         as r(id uuid, project_code text, project_name text, unit_code text, unit_name text,
              rule_id text, position int, level text, reason text, receipt jsonb)
    on conflict (region_code, round_id, project_code, rule_id, position) do update
    set run_id = excluded.run_id, project_name = excluded.project_name,
        unit_code = excluded.unit_code, unit_name = excluded.unit_name, level = excluded.level,
        status = 'open', reason = excluded.reason, receipt = excluded.receipt, closed_at = null,
        opened_at = case when warning.status = 'open' then warning.opened_at
                         else excluded.opened_at end,
        row_version = warning.row_version + 1, updated_at = excluded.updated_at
    {_CHANGED}
""")

_CLOSE = text(f"""
    update warning set status = 'closed', closed_at = :at, run_id = :run_id,
                       row_version = row_version + 1, updated_at = :at
    where region_code = :region_code and id = any (:ids)
    {_CHANGED}
""")


@dataclass(frozen=True)
class _Judgement:
    """Every project's light and every warning found."""

    subjects: Mapping[str, Subject]
    colours: Counter[Colour]
    found: Mapping[Key, Warning]


async def run_rules(
    session: AsyncSession,
    order: RuleRunIn,
    pack: Mapping[str, Rule],
    *,
    by: Caller,
    at: datetime,
) -> UUID:
    """Judge a round as of a day. Raises NotFound, RunInProgress, RulesNotInForce."""
    monitoring = await session.get(MonitoringRound, (by.region_code, order.round_id))
    if monitoring is None:
        raise NotFound("没有这次监控")
    _require_day(order.as_of, monitoring.fiscal_year, today=business_day(at))
    if not await session.scalar(_TURN, {"lock": f"rule_run\n{by.region_code}\n{monitoring.id}"}):
        raise RunInProgress(headers={"Retry-After": "5"})
    rule_pack = _pack_version(pack, order.as_of)
    judgement = await _judge(session, monitoring, order.as_of, pack)
    known = await _known(session, monitoring)
    changes = changes_between(known, judgement.found, judgement.subjects.keys())
    run = RuleRun(
        region_code=by.region_code,
        id=new_id(),
        round_id=monitoring.id,
        as_of=order.as_of,
        rule_pack=rule_pack,
        **_counts(judgement, changes),
        run_by=by.subject,
        run_at=at,
    )
    session.add(run)
    await session.flush()
    await _write(session, run, monitoring.fiscal_year, judgement, changes)
    await _close(session, run, [known[key].id for key in changes.closed])
    return run.id


def _require_day(as_of: date, fiscal_year: int, *, today: date) -> None:
    if as_of.year == fiscal_year and as_of <= today:
        return
    raise InvalidPayload(
        errors=[
            FieldError(
                pointer="/as_of",
                code="day_out_of_range",
                detail=f"判断日应在 {fiscal_year} 年内，且不晚于今天",
                mend=f"1–7 月的监控请写 {fiscal_year}-07-31",
            )
        ]
    )


def _pack_version(pack: Mapping[str, Rule], as_of: date) -> str:
    try:
        return domain.pack_version(pack, as_of)
    except NoRuleInForce as error:
        raise RulesNotInForce(f"{as_of.isoformat()} 没有施行中的预警规则") from error


async def _judge(
    session: AsyncSession, monitoring: MonitoringRound, as_of: date, pack: Mapping[str, Rule]
) -> _Judgement:
    subjects = await subjects_of(
        TransactionReads(session),
        region_code=monitoring.region_code,
        fiscal_year=monitoring.fiscal_year,
        round_id=monitoring.id,
        as_of=as_of,
    )
    verdicts = [domain.evaluate(subject.facts, pack, as_of) for subject in subjects]
    return _Judgement(
        subjects={subject.facts.project_code: subject for subject in subjects},
        colours=Counter(project_colour(of_project) for of_project in verdicts),
        found={
            _key(subject, verdict): verdict
            for subject, of_project in zip(subjects, verdicts, strict=True)
            for verdict in of_project
            if isinstance(verdict, Warning)
        },
    )


def _counts(judgement: _Judgement, changes: Changes) -> dict[str, int]:
    colours = judgement.colours
    return {
        "evaluated": len(judgement.subjects),
        "opened": len(changes.opened),
        "updated": len(changes.updated),
        "unchanged": len(changes.unchanged),
        "closed": len(changes.closed),
        "red": colours[Colour.RED],
        "yellow": colours[Colour.YELLOW],
        "green": colours[Colour.GREEN] + colours[Colour.BLUE],
        "not_applicable": colours[Colour.NOT_APPLICABLE],
    }


def _key(subject: Subject, verdict: Verdict) -> Key:
    return subject.facts.project_code, verdict.rule_id, verdict.position or 0


async def _known(session: AsyncSession, monitoring: MonitoringRound) -> dict[Key, Known]:
    rows = await session.execute(
        _KNOWN, {"region_code": monitoring.region_code, "round_id": monitoring.id}
    )
    return {
        (row.project_code, row.rule_id, row.position): Known(
            id=row.id,
            is_open=row.status == "open",
            level=row.level,
            reason=row.reason,
            receipt=orjson.loads(row.receipt),
        )
        for row in rows
    }


async def _write(
    session: AsyncSession, run: RuleRun, fiscal_year: int, judgement: _Judgement, changes: Changes
) -> None:
    rows = [_row(judgement, key) for key in (*changes.opened, *changes.updated)]
    if not rows:
        return
    values = {
        "region_code": run.region_code,
        "round_id": run.round_id,
        "run_id": run.id,
        "fiscal_year": fiscal_year,
        "rows": orjson.dumps(rows).decode(),
        "at": run.run_at,
    }
    told = {*changes.opened, *changes.recoloured}
    written = (await session.execute(_WRITE, values)).all()
    facts = [
        WarningOpened.model_validate(row._mapping)
        for row in written
        if (row.project_code, row.rule_id, row.position) in told
    ]
    await publish(session, run.region_code, *facts, at=run.run_at)


def _row(judgement: _Judgement, key: Key) -> dict[str, Any]:
    subject, finding = judgement.subjects[key[0]], judgement.found[key]
    return {
        "id": str(new_id()),
        "project_code": subject.facts.project_code,
        "project_name": subject.project_name,
        "unit_code": subject.facts.unit_code,
        "unit_name": subject.unit_name,
        "rule_id": finding.rule_id,
        "position": finding.position or 0,
        "level": finding.level,
        "reason": finding.reason,
        "receipt": finding.receipt.as_dict(),
    }


async def _close(session: AsyncSession, run: RuleRun, ids: Collection[UUID]) -> None:
    if not ids:
        return
    values = {"region_code": run.region_code, "run_id": run.id, "ids": ids, "at": run.run_at}
    closed = (await session.execute(_CLOSE, values)).all()
    facts = [WarningClosed.model_validate(row._mapping) for row in closed]
    await publish(session, run.region_code, *facts, at=run.run_at)
