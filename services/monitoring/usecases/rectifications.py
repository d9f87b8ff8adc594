"""整改: the unit signs for the letter, files measures, reports progress; the bureau decides."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.calendar import CalendarMissing
from services.monitoring.domain.rectification import (
    Lateness,
    RectificationAction,
    RectificationActionRefused,
    RectificationStatus,
    lateness,
    next_rectification_status,
    owed_on,
)
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.errors import (
    CalendarNotEntered,
    FourEyes,
    ReasonRequired,
    RectificationStateForbids,
)
from services.monitoring.schemas.rectifications import (
    ExtensionIn,
    MeasuresIn,
    ProgressIn,
    ReceiptIn,
    VerificationIn,
)
from services.monitoring.tables import Rectification
from services.monitoring.usecases.measures import store_measures
from services.monitoring.usecases.rectification_facts import note, tell
from shared.auth import Caller
from shared.clock import business_day
from shared.db import lock_one, within
from shared.etags import Expected
from shared.problems import FieldError, InvalidPayload


async def receive(
    session: AsyncSession,
    rectification_id: UUID,
    receipt: ReceiptIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """签收: the unit has the letter; a deadline counted by rule runs from this day."""
    letter = await _lock(session, rectification_id, by=by, expected=expected)
    _step(session, letter, RectificationAction.RECEIVE, by=by.subject, at=at, text=receipt.note)
    _sign_for(letter, by=by, at=at)
    await _settle(session, letter, at=at)


async def file_measures(
    session: AsyncSession,
    rectification_id: UUID,
    report: MeasuresIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """The unit reports what it does about the letter; who files has received it."""
    letter = await _lock(session, rectification_id, by=by, expected=expected)
    action = RectificationAction.FILE_MEASURES
    _step(session, letter, action, by=by.subject, at=at, text=report.measures)
    if letter.received_by is None:
        letter.received_by, letter.received_at = by.subject, at
    letter.measures, letter.completed_on = report.measures, report.completed_on
    letter.filed_by, letter.returned_reason, letter.reported_by = by.subject, None, None
    letter.filing_count += 1
    letter.finish_due_on = max((item.planned_on for item in report.items), default=None)
    await store_measures(session, letter, report.items)
    await _settle(session, letter, at=at)


async def report_progress(
    session: AsyncSession,
    rectification_id: UUID,
    report: ProgressIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """The unit says how far it has come, and on which day it was done."""
    letter = await _lock(session, rectification_id, by=by, expected=expected)
    action = RectificationAction.REPORT_PROGRESS
    if report.completed_on is not None and report.completed_on > business_day(at):
        raise InvalidPayload(errors=[_NOT_YET])
    _step(session, letter, action, by=by.subject, at=at, text=report.progress)
    letter.reported_by, letter.completed_on = by.subject, report.completed_on
    await _settle(session, letter, at=at)


async def extend(
    session: AsyncSession,
    rectification_id: UUID,
    extension: ExtensionIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """延期: the bureau gives more time and says why; who issued the letter doesn't extend it."""
    letter = await _lock(session, rectification_id, by=by, expected=expected)
    text = f"延期至 {extension.until}：{extension.reason}"
    _step(session, letter, RectificationAction.EXTEND, by=by.subject, at=at, text=text)
    if letter.issued_by == by.subject:
        raise FourEyes("下达整改函的人不能自己批准延期")
    _require_later(extension.until, owed(letter), today=business_day(at), pointer="/until")
    if letter.status == RectificationStatus.IN_PROGRESS:
        letter.finish_due_on = extension.until
    else:
        letter.due_on, letter.due_by_rule = extension.until, False
    await _settle(session, letter, at=at)


async def verify(
    session: AsyncSession,
    rectification_id: UUID,
    verdict: VerificationIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """The bureau closes the letter, or returns the measures with the reason."""
    letter = await _lock(session, rectification_id, by=by, expected=expected)
    returned = verdict.outcome == "returned"
    if returned and verdict.reason is None:
        raise ReasonRequired(errors=[_REASON_MISSING])
    action = RectificationAction.RETURN if returned else RectificationAction.VERIFY
    _step(session, letter, action, by=by.subject, at=at, text=verdict.reason)
    if by.subject in (letter.filed_by, letter.reported_by):
        raise FourEyes("报送整改措施或进展的人不能自己核实")
    if returned:
        letter.returned_reason = verdict.reason
        _give_time(letter, verdict.due_on, today=business_day(at))
    else:
        letter.verified_by = by.subject
    await _settle(session, letter, at=at)


def owed(letter: Rectification) -> date | None:
    """The day by which the letter's unit has to act, if it has to."""
    return owed_on(
        RectificationStatus(letter.status),
        due_on=letter.due_on,
        finish_due_on=letter.finish_due_on,
        completed_on=letter.completed_on,
    )


_REASON_MISSING = FieldError(
    pointer="/reason", code="missing", detail="须写明退回理由", mend="请说明措施还缺什么"
)
_NOT_YET = FieldError(
    pointer="/completed_on",
    code="day_in_future",
    detail="完成日期不能晚于今天",
    mend="尚未完成的请不填完成日期",
)


async def _lock(
    session: AsyncSession, rectification_id: UUID, *, by: Caller, expected: Expected
) -> Rectification:
    wanted = within(select(Rectification), Rectification, by)
    letter = await lock_one(session, wanted.where(Rectification.id == rectification_id))
    expected.check(letter.row_version)
    return letter


def _step(
    session: AsyncSession,
    letter: Rectification,
    action: RectificationAction,
    *,
    by: str,
    at: datetime,
    text: str | None,
) -> None:
    """Move the letter on, write the step into its history and count its version up."""
    status = RectificationStatus(letter.status)
    try:
        letter.status = next_rectification_status(status, action, reason=text)
    except RectificationActionRefused as error:
        raise RectificationStateForbids(str(error)) from error
    letter.row_version += 1
    letter.updated_at = at
    note(session, letter, action, by=by, at=at, text=text)


async def _settle(session: AsyncSession, letter: Rectification, *, at: datetime) -> None:
    """Whoever acted in time is late no longer; becoming late is recorded by the daily watch."""
    today = business_day(at)
    if lateness(owed(letter), today, escalates_before=None) is Lateness.ON_TIME:
        letter.lateness = Lateness.ON_TIME
    await tell(session, [letter], at=at)


def _sign_for(letter: Rectification, *, by: Caller, at: datetime) -> None:
    letter.received_by, letter.received_at = by.subject, at
    if letter.due_by_rule:
        try:
            letter.due_on = rectification_rules().measures_due_on(business_day(at))
        except CalendarMissing as error:
            raise CalendarNotEntered(str(error)) from error


def _give_time(letter: Rectification, due_on: date | None, *, today: date) -> None:
    if due_on is not None:
        _require_later(due_on, None, today=today, pointer="/due_on")
        letter.due_on, letter.due_by_rule = due_on, False


def _require_later(day: date, than: date | None, *, today: date, pointer: str) -> None:
    if day < today or (than is not None and day <= than):
        detail = f"新的期限应晚于原期限，且不早于今天（{today}）"
        raise InvalidPayload(
            errors=[
                FieldError(
                    pointer=pointer,
                    code="deadline_not_later",
                    detail=detail,
                    mend="请写一个更晚的日期",
                )
            ]
        )
