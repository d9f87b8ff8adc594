"""问责移送: handing a case over, and writing down what came of it. Nothing else happens."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.accountability import AccountabilityRule
from services.evaluation.domain.rules import Rules
from services.evaluation.errors import CaseWithoutBasis, RuleNotInForce
from services.evaluation.schemas.accountability import AccountabilityCaseIn, OutcomeIn
from services.evaluation.tables import AccountabilityCase, AccountabilityOutcome
from shared.auth import Caller
from shared.clock import business_day
from shared.db import lock_one
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload
from shared.rulebook import NoRuleInForce

#: What a case may rest on: its year and name, if it is the unit's and is settled.
_BASES = {
    "rectification": text("""
        select fiscal_year, '整改 ' || letter_no as title from rectification_state
        where region_code = :region_code and rectification_id = :basis_id
          and unit_code = :unit_code
    """),
    "evaluation": text("""
        select fiscal_year, title from evaluation e
        where region_code = :region_code and id = :basis_id and finalized_at is not null and exists (
            select from evaluation_subject x where x.region_code = e.region_code
              and x.evaluation_id = e.id and x.unit_code = :unit_code)
    """),
    "self_evaluation": text("""
        select fiscal_year, '自评 ' || project_name as title from self_evaluation
        where region_code = :region_code and id = :basis_id and status <> 'open'
          and unit_code = :unit_code
    """),
}


async def hand_over(
    session: AsyncSession, order: AccountabilityCaseIn, *, rules: Rules, by: Caller, at: datetime
) -> UUID:
    """Record a case that rests on something settled of the unit.

    Raises InvalidPayload, RuleNotInForce, CaseWithoutBasis.
    """
    _require_passed("/handed_on", order.handed_on, at)
    rule = _rule(rules, order.handed_on)
    basis = await _basis(session, order, by)
    case = AccountabilityCase(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(),
        fiscal_year=basis.fiscal_year,
        basis_title=basis.title,
        outcome_due_on=rule.outcome_due_on(order.handed_on),
        status="handed",
        recorded_by=by.subject,
        recorded_at=at,
        row_version=1,
        updated_at=at,
    )
    session.add(case)
    await session.flush()
    return case.id


async def note_outcome(
    session: AsyncSession,
    case_id: UUID,
    order: OutcomeIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Write down what came of a case, beside what was written before.

    Raises NotFound, InvalidPayload.
    """
    case = await lock_one(
        session,
        select(AccountabilityCase).where(
            AccountabilityCase.region_code == by.region_code, AccountabilityCase.id == case_id
        ),
    )
    expected.check(case.row_version)
    _require_passed("/decided_on", order.decided_on, at, begins=case.handed_on)
    session.add(
        AccountabilityOutcome(
            region_code=by.region_code,
            case_id=case.id,
            number=case.row_version,
            **order.model_dump(),
            recorded_by=by.subject,
            recorded_at=at,
        )
    )
    case.status = "answered"
    case.row_version += 1
    case.updated_at = at
    await session.flush()


def _rule(rules: Rules, on: date) -> AccountabilityRule:
    try:
        return rules.accountability(on)
    except NoRuleInForce as error:
        raise RuleNotInForce(f"{on} 没有适用的问责移送规则") from error


async def _basis(
    session: AsyncSession, order: AccountabilityCaseIn, by: Caller
) -> Row[tuple[int, str]]:
    found = await session.execute(
        _BASES[order.basis_kind],
        {
            "region_code": by.region_code,
            "basis_id": order.basis_id,
            "unit_code": order.unit_code,
        },
    )
    basis = found.one_or_none()
    if basis is None:
        error = FieldError(
            pointer="/basis_id",
            code="case_without_basis",
            detail=f"单位 {order.unit_code} 没有这一依据",
            mend="请填写该单位的整改、已审定的评价或已报送的自评的编号",
        )
        raise CaseWithoutBasis(errors=[error])
    return basis


def _require_passed(pointer: str, day: date, at: datetime, *, begins: date = date.min) -> None:
    today = business_day(at)
    if begins <= day <= today:
        return
    late = day > today
    error = FieldError(
        pointer=pointer,
        code="day_in_the_future" if late else "day_before_handing_over",
        detail=f"{day} 晚于今日（{today}）" if late else f"{day} 早于移送日期（{begins}）",
        mend="请填写实际发生的日期",
    )
    raise InvalidPayload(errors=[error])
