"""整改: the unit files its measures, the bureau verifies them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.rectification import (
    RectificationAction,
    RectificationActionRefused,
    RectificationStatus,
    next_rectification_status,
)
from services.monitoring.errors import FourEyes, ReasonRequired, RectificationStateForbids
from services.monitoring.schemas.events import RectificationChanged
from services.monitoring.schemas.rectifications import MeasuresIn, VerificationIn
from services.monitoring.tables import Rectification, RectificationStep
from shared.auth import Caller
from shared.db import lock_one, within
from shared.etags import Expected
from shared.feed import publish
from shared.ids import new_id
from shared.problems import FieldError


async def file_measures(
    session: AsyncSession,
    rectification_id: UUID,
    report: MeasuresIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """The unit reports what it does about the letter."""
    letter = await _lock(session, rectification_id, by=by, expected=expected)
    action = RectificationAction.FILE_MEASURES
    _step(session, letter, action, by=by.subject, at=at, text=report.measures)
    letter.measures, letter.completed_on = report.measures, report.completed_on
    letter.filed_by, letter.returned_reason = by.subject, None
    await tell(session, letter, at=at)


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
    if letter.filed_by == by.subject:
        raise FourEyes("报送整改措施的人不能自己核实")
    if returned:
        letter.returned_reason = verdict.reason
    else:
        letter.verified_by = by.subject
    await tell(session, letter, at=at)


def note(
    session: AsyncSession,
    letter: Rectification,
    step: str,
    *,
    by: str,
    at: datetime,
    text: str | None,
) -> None:
    """Write a step into the letter's history."""
    session.add(
        RectificationStep(
            region_code=letter.region_code,
            id=new_id(),
            rectification_id=letter.id,
            step=step,
            by=by,
            at=at,
            text=text,
        )
    )


async def tell(session: AsyncSession, letter: Rectification, *, at: datetime) -> None:
    """Publish the letter as it stands now, with the projects it names."""
    key = {"region_code": letter.region_code, "id": letter.id}
    project_codes = await session.scalars(_PROJECTS, key)
    fact = RectificationChanged(
        rectification_id=letter.id,
        version=letter.row_version,
        letter_no=letter.letter_no,
        unit_code=letter.unit_code,
        fiscal_year=letter.fiscal_year,
        origin=letter.origin,
        request_id=letter.request_id,
        status=letter.status,
        due_on=letter.due_on,
        project_codes=list(project_codes),
    )
    await publish(session, letter.region_code, fact, at=at)


_PROJECTS = text("""
    select project_code from rectification_problem
    where region_code = :region_code and rectification_id = :id and project_code is not null
    union
    select w.project_code from rectification_warning x
    join warning w on w.region_code = x.region_code and w.id = x.warning_id
    where x.region_code = :region_code and x.rectification_id = :id
    order by 1
""")

_REASON_MISSING = FieldError(
    pointer="/reason", code="missing", detail="须写明退回理由", mend="请说明措施还缺什么"
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
