"""暂停拨付: a person proposes, another decides with a reason, and lifts with a reason."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.payment_control import (
    MANUAL,
    ControlAction,
    ControlActionRefused,
    ControlStatus,
    next_control_status,
)
from services.monitoring.errors import ControlExists, ControlStateForbids, FourEyes
from services.monitoring.schemas.events import PaymentControlImposed, PaymentControlLifted
from services.monitoring.schemas.payment_controls import ControlIn, DecisionIn, LiftingIn
from services.monitoring.tables import ApprovedGoal, PaymentControl, Rectification
from shared.auth import Caller
from shared.clock import business_day
from shared.db import lock_one, within
from shared.etags import Expected
from shared.feed import publish
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload


async def propose_control(
    session: AsyncSession, order: ControlIn, *, by: Caller, at: datetime
) -> UUID:
    """Propose to hold the payments of a project of the year. Raises ControlExists."""
    goal = await _goal(session, order, by.region_code)
    await _require_letter(session, order, goal.unit_code, by.region_code)
    await _refuse_second(session, order, by.region_code)
    control_id = new_id()
    session.add(
        PaymentControl(
            region_code=by.region_code,
            id=control_id,
            project_name=goal.project_name,
            unit_code=goal.unit_code,
            status=ControlStatus.PROPOSED,
            rule_id=MANUAL,
            cause=str(control_id),
            receipt={},
            proposed_by=by.subject,
            proposed_at=at,
            row_version=1,
            updated_at=at,
            **order.model_dump(),
        )
    )
    return control_id


async def decide(
    session: AsyncSession,
    control_id: UUID,
    decision: DecisionIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Impose or decline what somebody else proposed."""
    control = await _lock(session, control_id, by=by, expected=expected)
    imposed = decision.outcome == "imposed"
    if decision.effective_on is not None and decision.effective_on < business_day(at):
        raise InvalidPayload(errors=[_error("/effective_on", "暂停不能自过去的日期开始")])
    _step(control, ControlAction.IMPOSE if imposed else ControlAction.DECLINE, at=at)
    if control.proposed_by == by.subject:
        raise FourEyes("提出暂停拨付建议的人不能自己决定")
    control.decided_by, control.decided_at = by.subject, at
    control.decided_reason = decision.reason
    if imposed:
        control.effective_on = decision.effective_on or business_day(at)
        fact = PaymentControlImposed(**_told(control))
        await publish(session, control.region_code, fact, at=at)


async def lift(
    session: AsyncSession,
    control_id: UUID,
    lifting: LiftingIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Payments go on from today."""
    control = await _lock(session, control_id, by=by, expected=expected)
    _step(control, ControlAction.LIFT, at=at)
    control.lifted_by, control.lifted_at = by.subject, at
    control.lifted_on, control.lifted_reason = business_day(at), lifting.reason
    fact = PaymentControlLifted(
        **_told(control), lifted_on=control.lifted_on, lifted_reason=lifting.reason
    )
    await publish(session, control.region_code, fact, at=at)


async def _goal(session: AsyncSession, order: ControlIn, region_code: str) -> ApprovedGoal:
    goal: ApprovedGoal | None = await session.scalar(
        select(ApprovedGoal).filter_by(
            region_code=region_code,
            project_code=order.project_code,
            fiscal_year=order.fiscal_year,
        )
    )
    if goal is None:
        raise InvalidPayload(errors=[_error("/project_code", "该年度没有此项目的已批复绩效目标")])
    return goal


async def _require_letter(
    session: AsyncSession, order: ControlIn, unit_code: str, region_code: str
) -> None:
    if order.rectification_id is None:
        return
    letter = await session.get(Rectification, (region_code, order.rectification_id))
    if letter is None or letter.unit_code != unit_code:
        raise InvalidPayload(errors=[_error("/rectification_id", "该单位没有这件整改")])


async def _refuse_second(session: AsyncSession, order: ControlIn, region_code: str) -> None:
    known = await session.scalar(
        select(PaymentControl.id).where(
            PaymentControl.region_code == region_code,
            PaymentControl.project_code == order.project_code,
            PaymentControl.fiscal_year == order.fiscal_year,
            PaymentControl.rule_id == MANUAL,
            PaymentControl.status.in_((ControlStatus.PROPOSED, ControlStatus.ACTIVE)),
        )
    )
    if known is not None:
        raise ControlExists(str(known))


def _error(pointer: str, detail: str) -> FieldError:
    return FieldError(pointer=pointer, code="unknown", detail=detail, mend="请核对编码和年度")


async def _lock(
    session: AsyncSession, control_id: UUID, *, by: Caller, expected: Expected
) -> PaymentControl:
    wanted = within(select(PaymentControl), PaymentControl, by)
    control = await lock_one(session, wanted.where(PaymentControl.id == control_id))
    expected.check(control.row_version)
    return control


def _step(control: PaymentControl, action: ControlAction, *, at: datetime) -> None:
    try:
        control.status = next_control_status(ControlStatus(control.status), action)
    except ControlActionRefused as error:
        raise ControlStateForbids(str(error)) from error
    control.row_version += 1
    control.updated_at = at


def _told(control: PaymentControl) -> dict[str, object]:
    names = ("project_code", "unit_code", "fiscal_year", "rectification_id", "effective_on")
    return {
        **{name: getattr(control, name) for name in names},
        "control_id": control.id,
        "version": control.row_version,
        "reason": control.decided_reason,
        "lifted_when": control.lifted_when,
    }
