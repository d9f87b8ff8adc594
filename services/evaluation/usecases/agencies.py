"""第三方机构名录: entries, their changes, and whether an agency may be engaged."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.agency_conditions import Standing
from services.evaluation.domain.registers import differences
from services.evaluation.domain.rules import Rules
from services.evaluation.errors import AgencyExists, AgencyUnfit, AlreadyEnded, RuleNotInForce
from services.evaluation.schemas.agencies import AgencyIn, AgencyPatch, ViolationIn, WithdrawalIn
from services.evaluation.tables import Agency, AgencyViolation
from services.evaluation.usecases.findings import cited, refusal_errors
from services.evaluation.usecases.register_changes import change_of, require_change
from shared.auth import Caller
from shared.clock import business_day
from shared.db import lock_one
from shared.etags import Expected
from shared.ids import new_id
from shared.problems import FieldError, InvalidPayload, NotFound
from shared.rulebook import NoRuleInForce


async def register_agency(
    session: AsyncSession, agency: AgencyIn, *, by: Caller, at: datetime
) -> UUID:
    """Register an agency. Raises AgencyExists when its credit code is known."""
    known = await session.scalar(
        select(Agency.id).where(Agency.region_code == by.region_code, Agency.uscc == agency.uscc)
    )
    if known is not None:
        raise AgencyExists(agency.uscc)
    row = Agency(
        region_code=by.region_code,
        id=new_id(),
        **agency.model_dump(),
        status="active",
        registered_by=by.subject,
        row_version=1,
        updated_at=at,
    )
    session.add(row)
    await session.flush()
    entries = differences({}, agency.model_dump())
    key = {"agency_id": row.id}
    session.add(change_of(key, "registered", entries, reason=None, by=by, at=at))
    return row.id


async def amend_agency(
    session: AsyncSession,
    agency_id: UUID,
    patch: AgencyPatch,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Change what the register says; suspended or struck off, the reason stands in the entry."""
    agency = await _locked(session, agency_id, by=by, expected=expected)
    wanted = patch.model_dump(exclude_unset=True, exclude={"reason"})
    if "status" in wanted:
        wanted["status_reason"] = None if patch.status == "active" else patch.reason
    entries = differences({name: getattr(agency, name) for name in wanted}, wanted)
    require_change(entries)
    for name, value in wanted.items():
        setattr(agency, name, value)
    _touch(agency, at)
    key = {"agency_id": agency_id}
    session.add(change_of(key, "amended", entries, reason=patch.reason, by=by, at=at))


async def record_violation(
    session: AsyncSession,
    agency_id: UUID,
    violation: ViolationIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Record a major violation of the agency, with its source."""
    agency = await _locked(session, agency_id, by=by, expected=expected)
    if violation.violated_on > business_day(at):
        raise InvalidPayload(errors=[_IN_FUTURE])
    session.add(
        AgencyViolation(
            region_code=by.region_code,
            id=new_id(),
            agency_id=agency_id,
            **violation.model_dump(),
            recorded_by=by.subject,
            recorded_at=at,
        )
    )
    _touch(agency, at)
    entries = differences({}, violation.model_dump())
    key, why = {"agency_id": agency_id}, violation.source
    session.add(change_of(key, "violation_recorded", entries, reason=why, by=by, at=at))


async def withdraw_violation(
    session: AsyncSession,
    agency_id: UUID,
    violation_id: UUID,
    order: WithdrawalIn,
    *,
    expected: Expected,
    by: Caller,
    at: datetime,
) -> None:
    """Take a mistaken entry back; it stays readable with the reason."""
    agency = await _locked(session, agency_id, by=by, expected=expected)
    violation = await session.get(AgencyViolation, (by.region_code, violation_id))
    if violation is None or violation.agency_id != agency_id:
        raise NotFound("该机构没有这条违法违规登记")
    if violation.withdrawal_reason is not None:
        raise AlreadyEnded(f"该登记已撤销：{violation.withdrawal_reason}")
    violation.withdrawal_reason = order.reason
    _touch(agency, at)
    entries = {"violation_id": {"from": str(violation_id), "to": None}}
    key = {"agency_id": agency_id}
    session.add(change_of(key, "violation_withdrawn", entries, reason=order.reason, by=by, at=at))


async def require_fit(
    session: AsyncSession, agency_id: UUID, *, starts_on: date, rules: Rules, by: Caller
) -> None:
    """Raise AgencyUnfit when the register forbids a contract that begins on the day."""
    standing = await _standing(session, agency_id, by=by)
    try:
        conditions = rules.agency_conditions(starts_on)
    except NoRuleInForce as error:
        raise RuleNotInForce(f"{starts_on} 没有适用的第三方机构条件") from error
    found = conditions.refusals(standing, starts_on)
    if found:
        raise AgencyUnfit(
            "；".join(each.said() for each in found),
            errors=refusal_errors(found),
            rule=cited(found[0].citation),
        )


async def _standing(session: AsyncSession, agency_id: UUID, *, by: Caller) -> Standing:
    """What the register says; nobody changes the entry before the contract is stored."""
    agency = await session.scalar(
        select(Agency)
        .where(Agency.region_code == by.region_code, Agency.id == agency_id)
        .with_for_update(read=True)
    )
    if agency is None:
        raise NotFound("没有这家机构")
    violations = await session.scalars(
        select(AgencyViolation)
        .where(
            AgencyViolation.region_code == by.region_code,
            AgencyViolation.agency_id == agency_id,
            AgencyViolation.withdrawal_reason.is_(None),
        )
        .order_by(AgencyViolation.violated_on)
    )
    return Standing(
        name=agency.name,
        status=agency.status,
        status_reason=agency.status_reason,
        qualified_until=agency.qualified_until,
        violations=[(each.violated_on, each.content) for each in violations],
    )


async def _locked(
    session: AsyncSession, agency_id: UUID, *, by: Caller, expected: Expected
) -> Agency:
    statement = select(Agency).where(Agency.region_code == by.region_code, Agency.id == agency_id)
    agency = await lock_one(session, statement)
    expected.check(agency.row_version)
    return agency


def _touch(agency: Agency, at: datetime) -> None:
    agency.row_version += 1
    agency.updated_at = at


_IN_FUTURE = FieldError(
    pointer="/violated_on",
    code="in_future",
    detail="违法违规的日期晚于今天",
    mend="请填写不晚于今天的日期",
)
