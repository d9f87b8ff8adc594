"""Recording and confirming what an ex-ante evaluation concluded (事前评估结论的登记与确认)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.rules import Rules
from services.evaluation.domain.states import EX_ANTE, ActionRefused
from services.evaluation.errors import (
    ExAnteStateForbids,
    FourEyes,
    RuleNotInForce,
    SubjectNotEligible,
)
from services.evaluation.schemas.events import ExAnteConcluded
from services.evaluation.schemas.ex_ante import ExAnteIn
from services.evaluation.tables import ExAnteOpinion, ExAnteResult, Unit
from services.evaluation.usecases.engagements import own_engagement, require_suited
from services.evaluation.usecases.findings import blocking_errors, cited
from shared.auth import Caller
from shared.db import lock_one
from shared.etags import Expected
from shared.feed import publish
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload
from shared.rulebook import NoRuleInForce


async def record(
    session: AsyncSession, order: ExAnteIn, *, rules: Rules, by: Caller, at: datetime
) -> UUID:
    """Write down a conclusion; one of the same project and year that still waits gives way to it."""
    _require_dimensions(order, rules)
    unit = await _registered_unit(session, order, by)
    if order.engagement_id is not None:
        engagement = await own_engagement(session, order.engagement_id, by=by)
        require_suited(engagement, scope="ex_ante", fiscal_year=order.fiscal_year)
    result = ExAnteResult(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(exclude={"dimensions"}),
        unit_name=unit.name,
        revision=await _next_revision(session, order, by),
        status="recorded",
        recorded_by=by.subject,
        row_version=1,
        updated_at=at,
    )
    await _supersede(session, result, "recorded", at=at)
    session.add(result)
    await session.flush()
    session.add_all(_opinions(result, order))
    return result.id


async def confirm(
    session: AsyncSession, result_id: UUID, *, expected: Expected, by: Caller, at: datetime
) -> None:
    """Put a conclusion in force in place of the former one, and publish it. Who recorded may not."""
    result = await lock_one(
        session,
        select(ExAnteResult).where(
            ExAnteResult.region_code == by.region_code, ExAnteResult.id == result_id
        ),
    )
    expected.check(result.row_version)
    try:
        EX_ANTE.require(result.status, "ex_ante.confirm")
    except ActionRefused as error:
        raise ExAnteStateForbids(str(error)) from error
    if result.recorded_by == by.subject:
        raise FourEyes("登记结论的人不能自己确认")
    await _supersede(session, result, "confirmed", at=at)
    result.status = "confirmed"
    result.confirmed_by, result.confirmed_at = by.subject, at
    result.row_version += 1
    result.updated_at = at
    await publish(session, by.region_code, _concluded(result), at=at)


def _require_dimensions(order: ExAnteIn, rules: Rules) -> None:
    try:
        rule = rules.ex_ante(order.concluded_on)
    except NoRuleInForce as error:
        raise RuleNotInForce(f"{order.concluded_on} 没有适用的事前评估规则") from error
    errors = blocking_errors(rule.findings([each.dimension for each in order.dimensions]))
    if errors:
        raise InvalidPayload(errors=errors, rule=cited(rule.citation))


async def _registered_unit(session: AsyncSession, order: ExAnteIn, by: Caller) -> Unit:
    unit = await session.get(Unit, (by.region_code, order.unit_code))
    if unit is None:
        error = FieldError(
            pointer="/unit_code",
            code="unknown_unit",
            detail=f"没有单位 {order.unit_code}",
            mend="请核对单位编码；新单位须先由预算系统登记",
        )
        raise SubjectNotEligible(errors=[error])
    return unit


async def _next_revision(session: AsyncSession, order: ExAnteIn, by: Caller) -> int:
    newest = await session.scalar(
        select(func.max(ExAnteResult.revision)).where(
            ExAnteResult.region_code == by.region_code,
            ExAnteResult.project_code == order.project_code,
            ExAnteResult.fiscal_year == order.fiscal_year,
        )
    )
    return (newest or 0) + 1


async def _supersede(
    session: AsyncSession, result: ExAnteResult, status: str, *, at: datetime
) -> None:
    """The record of the project's year that is in this state makes room for another."""
    await session.execute(
        update(ExAnteResult)
        .where(
            ExAnteResult.region_code == result.region_code,
            ExAnteResult.project_code == result.project_code,
            ExAnteResult.fiscal_year == result.fiscal_year,
            ExAnteResult.status == status,
        )
        .values(status="superseded", row_version=ExAnteResult.row_version + 1, updated_at=at)
    )


def _opinions(result: ExAnteResult, order: ExAnteIn) -> list[ExAnteOpinion]:
    return [
        ExAnteOpinion(
            region_code=result.region_code,
            ex_ante_result_id=result.id,
            position=position,
            **opinion.model_dump(),
        )
        for position, opinion in enumerate(order.dimensions, start=1)
    ]


def _concluded(result: ExAnteResult) -> ExAnteConcluded:
    return ExAnteConcluded(
        project_code=result.project_code,
        unit_code=result.unit_code,
        fiscal_year=result.fiscal_year,
        conclusion=result.conclusion,
        concluded_on=result.concluded_on,
        report_no=result.report_no,
        version=result.revision,
    )
