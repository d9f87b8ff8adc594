"""整改函: writing a letter of the bureau's own, or one that evaluation asked for."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.clients import RectificationRequested, RequestedProblem
from services.monitoring.domain.calendar import CalendarMissing
from services.monitoring.domain.rectification import RectificationStatus
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.errors import CalendarNotEntered, LetterNoTaken, WarningsUnfit
from services.monitoring.schemas.events import RectificationRefused
from services.monitoring.schemas.rectifications import ProblemIn, RectificationIn
from services.monitoring.tables import (
    ProjectWarning,
    Rectification,
    RectificationProblem,
    RectificationWarning,
    RefusedRequest,
    Unit,
)
from services.monitoring.usecases.rectification_facts import note, tell
from shared.auth import Caller
from shared.clock import business_day
from shared.feed import publish
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload

_REQUESTER = "svc:evaluation"


async def issue_letter(
    session: AsyncSession, order: RectificationIn, *, by: Caller, at: datetime
) -> UUID:
    """Write a letter to a unit about warnings or other problems; the warnings' year is its year."""
    await _require_addressee(session, by.region_code, order)
    warnings = await _warnings_of(session, by.region_code, order)
    due_on = order.due_on or _measures_due_on(at)
    fiscal_year = warnings[0].fiscal_year if warnings else due_on.year
    await _refuse_taken(session, by.region_code, fiscal_year, order.letter_no)
    letter = Rectification(
        region_code=by.region_code,
        id=new_id(),
        letter_no=order.letter_no,
        unit_code=order.unit_code,
        fiscal_year=fiscal_year,
        origin="monitoring",
        due_on=due_on,
        due_by_rule=order.due_on is None,
        issued_by=by.subject,
    )
    await _open(session, letter, order.problems, at=at)
    session.add_all(
        RectificationWarning(
            region_code=by.region_code, rectification_id=letter.id, warning_id=warning.id
        )
        for warning in warnings
    )
    await tell(session, [letter], at=at)
    return letter.id


async def open_requested_letter(
    session: AsyncSession, region_code: str, request: RectificationRequested, *, at: datetime
) -> None:
    """Open the letter another service asked for, or say why not; asked again, nothing happens."""
    if await _answered(session, region_code, request.request_id):
        return
    if await _taken(session, region_code, request.fiscal_year, request.letter_no):
        await _refuse(session, region_code, request, at=at)
        return
    letter = Rectification(
        region_code=region_code,
        id=new_id(),
        issued_by=_REQUESTER,
        **request.model_dump(exclude={"problems"}),
    )
    await _open(session, letter, request.problems, at=at)
    await tell(session, [letter], at=at)


async def _answered(session: AsyncSession, region_code: str, request_id: UUID) -> bool:
    key = {"region_code": region_code, "request_id": request_id}
    opened = await session.scalar(select(Rectification.id).filter_by(**key))
    refused = await session.scalar(select(RefusedRequest.request_id).filter_by(**key))
    return opened is not None or refused is not None


async def _refuse(
    session: AsyncSession, region_code: str, request: RectificationRequested, *, at: datetime
) -> None:
    told = {
        "request_id": request.request_id,
        "letter_no": request.letter_no,
        "fiscal_year": request.fiscal_year,
        "unit_code": request.unit_code,
        "reason_code": "letter_no_taken",
        "reason": f"{request.fiscal_year} 年度已有文号为 {request.letter_no} 的整改函，"
        "请换一个文号重新提出",
    }
    session.add(RefusedRequest(region_code=region_code, refused_at=at, **told))
    fact = RectificationRefused.model_validate({**told, "version": 1})
    await publish(session, region_code, fact, at=at)


def _measures_due_on(at: datetime) -> date:
    try:
        return rectification_rules().measures_due_on(business_day(at))
    except CalendarMissing as error:
        raise CalendarNotEntered(str(error)) from error


async def _open(
    session: AsyncSession,
    letter: Rectification,
    problems: Sequence[ProblemIn | RequestedProblem],
    *,
    at: datetime,
) -> None:
    letter.status = RectificationStatus.ISSUED
    letter.row_version = 1
    letter.issued_at = letter.updated_at = at
    session.add(letter)
    await session.flush()
    session.add_all(
        RectificationProblem(
            region_code=letter.region_code,
            rectification_id=letter.id,
            position=position,
            **problem.model_dump(),
        )
        for position, problem in enumerate(problems, start=1)
    )
    note(session, letter, "issue", by=letter.issued_by, at=at, text=None)


async def _require_addressee(
    session: AsyncSession, region_code: str, order: RectificationIn
) -> None:
    errors = []
    if not (order.warning_ids or order.problems):
        errors.append(
            FieldError(
                pointer="/problems",
                code="nothing_to_rectify",
                detail="既没有列预警，也没有列问题",
                mend="请至少列一条",
            )
        )
    if await session.get(Unit, (region_code, order.unit_code)) is None:
        errors.append(
            FieldError(
                pointer="/unit_code",
                code="unknown_unit",
                detail=f"没有单位 {order.unit_code}",
                mend="请核对单位编码",
            )
        )
    if errors:
        raise InvalidPayload(errors=errors)


async def _warnings_of(
    session: AsyncSession, region_code: str, order: RectificationIn
) -> list[ProjectWarning]:
    """The letter's warnings; WarningsUnfit when one is not open, not the unit's, or off-year."""
    rows = await session.scalars(
        select(ProjectWarning).where(
            ProjectWarning.region_code == region_code,
            ProjectWarning.id.in_(order.warning_ids),
            ProjectWarning.unit_code == order.unit_code,
            ProjectWarning.status == "open",
        )
    )
    fit = {warning.id: warning for warning in rows}
    errors = [
        FieldError(
            pointer=f"/warning_ids/{index}",
            code="warning_unfit",
            detail="该预警不存在、已解除或不属于该单位",
            mend="请从该单位未解除的预警中选",
        )
        for index, warning_id in enumerate(order.warning_ids)
        if warning_id not in fit
    ]
    if errors:
        raise WarningsUnfit(errors=errors)
    if len({warning.fiscal_year for warning in fit.values()}) > 1:
        raise WarningsUnfit("所列预警不属于同一年度")
    return list(fit.values())


async def _refuse_taken(
    session: AsyncSession, region_code: str, fiscal_year: int, letter_no: str
) -> None:
    if await _taken(session, region_code, fiscal_year, letter_no):
        raise LetterNoTaken(letter_no)


async def _taken(session: AsyncSession, region_code: str, fiscal_year: int, letter_no: str) -> bool:
    found = await session.scalar(
        select(Rectification.id).where(
            Rectification.region_code == region_code,
            Rectification.fiscal_year == fiscal_year,
            Rectification.letter_no == letter_no,
        )
    )
    return found is not None
