"""系统监控: runs of the warning rules over a round, small ones at once, large ones chunk by chunk.

A run lives in its row: what it judges by, how far it is, what it found. Each chunk is a transaction
that holds the row; whoever is free works the next one. So a run that is killed goes on where the
last chunk was committed, and repeating it gives the same rows.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.answers import Answering, answer_due
from services.monitoring.domain.calendar import CalendarMissing
from services.monitoring.domain.packs import Packs
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.domain.rule_in_force import Wording
from services.monitoring.domain.rules import pack_version
from services.monitoring.errors import (
    CalendarNotEntered,
    RuleRunStateForbids,
    RulesNotInForce,
    RunInProgress,
)
from services.monitoring.queries.facts_sql import PROJECT_COUNT
from services.monitoring.schemas.warnings import RuleRunIn
from services.monitoring.tables import MonitoringRound, RuleRun, RuleText
from services.monitoring.usecases.run_chunks import CHUNK_SIZE, judge_next_chunk
from shared.auth import Caller
from shared.clock import business_day
from shared.db import TransactionReads, lock_one
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload, NotFound
from shared.rulebook import NoRuleInForce

_TURN = text("select pg_try_advisory_xact_lock(hashtextextended(:lock, 0))")
OPEN_STATES = ("queued", "running")

_COUNTED = (
    "evaluated",
    "opened",
    "updated",
    "worsened",
    "unchanged",
    "closed",
    "red",
    "yellow",
    "green",
    "not_applicable",
)

_KEEP = text("""
    insert into rule_text (region_code, rule_key, wording)
    values (:region_code, :rule_key, cast(:wording as jsonb)) on conflict do nothing
""")


async def start_run(
    session: AsyncSession, order: RuleRunIn, packs: Packs, *, by: Caller, at: datetime
) -> RuleRun:
    """Judge a round as of a day; what is more than a chunk is queued instead.

    Raises NotFound, RunInProgress, RulesNotInForce, CalendarNotEntered.
    """
    monitoring = await session.get(MonitoringRound, (by.region_code, order.round_id))
    if monitoring is None:
        raise NotFound("没有这次监控")
    _require_day(order.as_of, monitoring.fiscal_year, today=business_day(at))
    await _take_turn(session, monitoring)
    run = await queue_run(session, monitoring, order.as_of, packs, run_by=by.subject, at=at)
    if run.project_count <= CHUNK_SIZE:
        while run.state in OPEN_STATES:
            await work_chunk(session, run, at=at)
    return run


async def queue_run(
    session: AsyncSession,
    monitoring: MonitoringRound,
    as_of: date,
    packs: Packs,
    *,
    run_by: str,
    at: datetime,
) -> RuleRun:
    """Write down that a run is to be done. Raises RulesNotInForce, CalendarNotEntered."""
    pack = packs.chosen(monitoring.region_code, monitoring.fiscal_year)
    try:
        wordings, label = pack.on(as_of), pack_version(pack.rules, as_of, name=pack.pack_id)
    except NoRuleInForce as error:
        raise RulesNotInForce(f"{as_of.isoformat()} 没有施行中的预警规则") from error
    _require_calendar(pack.answering, business_day(at))
    counted = await TransactionReads(session).one(
        PROJECT_COUNT, monitoring.region_code, monitoring.fiscal_year
    )
    run = RuleRun(
        region_code=monitoring.region_code,
        id=new_id(),
        round_id=monitoring.id,
        as_of=as_of,
        rule_pack=label,
        rule_keys=[wording.key for wording in wordings],
        state="queued",
        project_count=counted["count"],
        upto="",
        **dict.fromkeys(_COUNTED, 0),
        run_by=run_by,
        run_at=at,
        row_version=1,
    )
    session.add(run)
    await _keep_wordings(session, monitoring.region_code, wordings)
    await session.flush()
    return run


async def work_chunk(session: AsyncSession, run: RuleRun, *, at: datetime) -> None:
    """Take a run one chunk further; after the last one it is done."""
    monitoring = await session.get_one(MonitoringRound, (run.region_code, run.round_id))
    wordings = await _wordings(session, run)
    if await judge_next_chunk(session, run, monitoring.fiscal_year, wordings):
        run.state = "running"
        return
    run.state, run.finished_at = "done", at
    run.row_version += 1


async def cancel_run(
    session: AsyncSession, run_id: UUID, *, expected: Expected, by: Caller, at: datetime
) -> None:
    """Stop a run behind its present chunk; what it has written stays and is right.

    Raises NotFound, RuleRunStateForbids.
    """
    wanted = select(RuleRun).where(RuleRun.region_code == by.region_code, RuleRun.id == run_id)
    run = await lock_one(session, wanted)
    expected.check(run.row_version)
    if run.state not in OPEN_STATES:
        raise RuleRunStateForbids("这次判断已经结束")
    run.state, run.cancelled_by, run.finished_at = "cancelled", by.subject, at
    run.row_version += 1


async def _take_turn(session: AsyncSession, monitoring: MonitoringRound) -> None:
    """Only one run of a round at a time. Raises RunInProgress."""
    lock = f"rule_run\n{monitoring.region_code}\n{monitoring.id}"
    if not await session.scalar(_TURN, {"lock": lock}) or await is_judged(session, monitoring):
        raise RunInProgress(headers={"Retry-After": "5"})


async def is_judged(session: AsyncSession, monitoring: MonitoringRound) -> bool:
    """Whether a run of the round is waiting or under way."""
    found = await session.scalar(
        select(RuleRun.id).where(
            RuleRun.region_code == monitoring.region_code,
            RuleRun.round_id == monitoring.id,
            RuleRun.state.in_(OPEN_STATES),
        )
    )
    return found is not None


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


def _require_calendar(terms: Answering, told_on: date) -> None:
    """The day to answer by can be told before anything is judged. Raises CalendarNotEntered."""
    try:
        answer_due(told_on, terms, rectification_rules().calendar)
    except CalendarMissing as error:
        raise CalendarNotEntered(str(error)) from error


async def _keep_wordings(
    session: AsyncSession, region_code: str, wordings: Sequence[Wording]
) -> None:
    await session.execute(
        _KEEP,
        [
            {"region_code": region_code, "rule_key": one.key, "wording": one.as_json()}
            for one in wordings
        ],
    )


async def _wordings(session: AsyncSession, run: RuleRun) -> list[Wording]:
    kept = await session.scalars(
        select(RuleText).where(
            RuleText.region_code == run.region_code, RuleText.rule_key.in_(run.rule_keys)
        )
    )
    by_key = {one.rule_key: Wording.read(one.wording) for one in kept}
    return [by_key[key] for key in run.rule_keys]
