"""回应: a unit answers a warning; the bureau decides whether a claimed false alarm is one."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.domain.answers import Answer, Answering, answer_due
from services.monitoring.domain.calendar import CalendarMissing
from services.monitoring.domain.rectification_rules import rectification_rules
from services.monitoring.domain.rule_in_force import Wording
from services.monitoring.errors import CalendarNotEntered, FourEyes, WarningStateForbids
from services.monitoring.schemas.warnings import AnswerDecisionIn, AnswerIn
from services.monitoring.tables import ProjectWarning, RuleText, WarningAnswer
from shared.auth import Caller
from shared.clock import business_day
from shared.db import lock_one, within
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload


async def answer_warning(
    session: AsyncSession,
    warning_id: UUID,
    order: AnswerIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Answer a warning for its unit. Raises NotFound, WarningStateForbids, InvalidPayload."""
    warning = await _lock(session, warning_id, by=by, expected=expected)
    if warning.answer == Answer.FALSE_ALARM:
        raise WarningStateForbids("已申报误报，请等财政核定")
    await _require_allowed(session, warning, Answer(order.answer))
    session.add(
        WarningAnswer(
            region_code=warning.region_code,
            id=new_id(),
            warning_id=warning.id,
            **order.model_dump(),
            answered_by=by.subject,
            answered_at=at,
        )
    )
    warning.answer = order.answer
    _touch(warning, at)


async def decide_answer(
    session: AsyncSession,
    warning_id: UUID,
    order: AnswerDecisionIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Accept or reject a claimed false alarm; rejected, the unit owes another answer.

    Raises NotFound, WarningStateForbids, FourEyes, InvalidPayload, CalendarNotEntered.
    """
    warning = await _lock(session, warning_id, by=by, expected=expected)
    claim = await session.scalar(
        select(WarningAnswer).where(
            WarningAnswer.region_code == warning.region_code,
            WarningAnswer.warning_id == warning.id,
            WarningAnswer.answer == Answer.FALSE_ALARM,
            WarningAnswer.decision.is_(None),
        )
    )
    if claim is None or warning.answer != Answer.FALSE_ALARM:
        raise WarningStateForbids("没有待核定的误报申报")
    if claim.answered_by == by.subject:
        raise FourEyes("申报误报的人不能核定")
    _require_reason(order)
    claim.decision, claim.decision_reason = order.decision, order.reason
    claim.decided_by, claim.decided_at = by.subject, at
    if order.decision == "accepted":
        warning.false_alarm = True
    else:
        terms = (await _wording(session, warning)).answering
        warning.answer, warning.answer_due_on = None, _due_on(terms, at)
    _touch(warning, at)


async def _lock(
    session: AsyncSession, warning_id: UUID, *, by: Caller, expected: Expected
) -> ProjectWarning:
    wanted = within(select(ProjectWarning), ProjectWarning, by)
    warning = await lock_one(session, wanted.where(ProjectWarning.id == warning_id))
    expected.check(warning.row_version)
    if warning.status != "open":
        raise WarningStateForbids("预警已解除")
    return warning


async def _wording(session: AsyncSession, warning: ProjectWarning) -> Wording:
    kept = await session.get_one(RuleText, (warning.region_code, warning.rule_key))
    return Wording.read(kept.wording)


async def _require_allowed(session: AsyncSession, warning: ProjectWarning, answer: Answer) -> None:
    allowed = (await _wording(session, warning)).answering.allowed
    if answer not in allowed:
        raise InvalidPayload(
            errors=[
                FieldError(
                    pointer="/answer",
                    code="answer_not_allowed",
                    detail="本地规则包不允许这样回应",
                    mend=f"请选：{'、'.join(one.label for one in allowed)}",
                )
            ]
        )


def _require_reason(order: AnswerDecisionIn) -> None:
    if order.decision == "rejected" and order.reason is None:
        raise InvalidPayload(
            errors=[
                FieldError(
                    pointer="/reason",
                    code="missing",
                    detail="不认可误报须说明理由",
                    mend="请写明预警为什么成立",
                )
            ]
        )


def _due_on(terms: Answering, at: datetime) -> date:
    try:
        return answer_due(business_day(at), terms, rectification_rules().calendar)
    except CalendarMissing as error:
        raise CalendarNotEntered(str(error)) from error


def _touch(warning: ProjectWarning, at: datetime) -> None:
    warning.row_version += 1
    warning.updated_at = at
