"""合同内容: what a contract says besides its dates, checked whole before it is stored."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.agency_conditions import AgencyConditions
from services.evaluation.domain.contracts import Contract, Instalment
from services.evaluation.domain.entrustment import Entrustment
from services.evaluation.domain.rules import Rules
from services.evaluation.schemas.engagements import EngagementIn
from services.evaluation.tables import (
    AgencyStaff,
    ApprovedGoal,
    EngagementDeliverable,
    EngagementInstalment,
    EngagementStaff,
)
from services.evaluation.usecases.findings import cited, refusal_errors
from services.evaluation.usecases.recusals import refuse_conflicts
from shared.auth import Caller
from shared.problems import FieldError, InvalidPayload


async def require_sound(
    session: AsyncSession,
    order: EngagementIn,
    *,
    rule: Entrustment,
    rules: Rules,
    by: Caller,
    at: datetime,
) -> None:
    """Raise InvalidPayload with all that is wrong, RecusalForbids when somebody keeps away."""
    staff = await _named(session, order, by=by)
    units = await _covered_units(session, order, by=by)
    conditions = rules.agency_conditions(order.starts_on)
    leads = [each for each in staff if _leads(each, conditions)]
    found = [
        *rule.contract.refusals(_contract(order, units)),
        *conditions.lead_missing(order.scope, len(leads)),
    ]
    if found:
        raise InvalidPayload(
            f"合同有 {len(found)} 处需要修改",
            errors=refusal_errors(found),
            rule=cited(found[0].citation),
        )
    who = [order.agency_id, *order.staff_ids]
    await refuse_conflicts(
        session, who, project_codes=order.project_codes, unit_codes=units, by=by, at=at
    )


def contents_of(
    order: EngagementIn, engagement_id: UUID, *, by: Caller
) -> list[EngagementStaff | EngagementDeliverable]:
    """The people and the deliverables that the contract names."""
    key = {"region_code": by.region_code, "engagement_id": engagement_id}
    return [
        *(EngagementStaff(**key, staff_id=each) for each in order.staff_ids),
        *(
            EngagementDeliverable(**key, position=position, **each.model_dump())
            for position, each in enumerate(order.deliverables, 1)
        ),
    ]


def instalments_of(
    order: EngagementIn, engagement_id: UUID, *, by: Caller
) -> list[EngagementInstalment]:
    """The instalments, which name deliverables that are stored before them."""
    return [
        EngagementInstalment(
            region_code=by.region_code,
            engagement_id=engagement_id,
            position=position,
            amount=each.amount,
            **each.model_dump(exclude={"amount"}),
        )
        for position, each in enumerate(order.instalments, 1)
    ]


async def _named(
    session: AsyncSession, order: EngagementIn, *, by: Caller
) -> Sequence[AgencyStaff]:
    found = await session.scalars(
        select(AgencyStaff)
        .where(
            AgencyStaff.region_code == by.region_code,
            AgencyStaff.id.in_(order.staff_ids),
            AgencyStaff.agency_id == order.agency_id,
            AgencyStaff.status == "active",
        )
        .with_for_update(read=True)
    )
    staff = found.all()
    known = {each.id for each in staff}
    errors = [
        _not_of_agency(index) for index, each in enumerate(order.staff_ids) if each not in known
    ]
    if errors:
        raise InvalidPayload(errors=errors)
    return staff


async def _covered_units(session: AsyncSession, order: EngagementIn, *, by: Caller) -> list[str]:
    """The units named, and those whose projects are named."""
    of_projects = await session.scalars(
        select(ApprovedGoal.unit_code).where(
            ApprovedGoal.region_code == by.region_code,
            ApprovedGoal.fiscal_year == order.fiscal_year,
            ApprovedGoal.project_code.in_(order.project_codes),
        )
    )
    return sorted({*order.unit_codes, *of_projects})


def _contract(order: EngagementIn, units: Sequence[str]) -> Contract:
    declarations = ("no_subcontracting", "confidentiality")
    return Contract(
        entrusted_by=order.entrusted_by,
        covered_units=units,
        declared=[name for name in declarations if getattr(order, name)],
        fee_basis=order.fee_basis,
        amount=order.contract_amount,
        fund_level=order.fund_level,
        instalments=[
            Instalment(each.amount, each.fund_level, each.due_on, each.deliverable)
            for each in order.instalments
        ],
        staff_count=len(order.staff_ids),
    )


def _leads(person: AgencyStaff, conditions: AgencyConditions) -> bool:
    return not conditions.lead_gaps(
        title=person.title,
        credential=person.credential,
        experience_years=person.experience_years,
    )


def _not_of_agency(index: int) -> FieldError:
    return FieldError(
        pointer=f"/staff_ids/{index}",
        code="not_of_agency",
        detail="这位人员不是该机构的在职从业人员",
        mend="请先在该机构名下登记，或改填其他人员",
    )
