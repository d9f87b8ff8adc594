"""Agencies and engagements (第三方机构与委托)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.entrustment import Entrustment
from services.evaluation.domain.rules import Rules
from services.evaluation.errors import (
    AgencyExists,
    ContractNoTaken,
    EngagementScopeForbidden,
    EngagementUnsuited,
    RuleNotInForce,
)
from services.evaluation.schemas.engagements import AgencyIn, EngagementIn
from services.evaluation.tables import Agency, Engagement, SelfEvaluation
from services.evaluation.usecases.findings import cited
from shared.auth import Caller
from shared.ids import new_id
from shared.problems import NotFound
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
        registered_by=by.subject,
        row_version=1,
        updated_at=at,
    )
    session.add(row)
    await session.flush()
    return row.id


async def conclude(
    session: AsyncSession, order: EngagementIn, *, rules: Rules, by: Caller, at: datetime
) -> UUID:
    """Record a contract with an agency; work that may not be entrusted is refused."""
    _require_entrustable(order, rules)
    await _require_known_agency(session, order, by)
    await _refuse_taken(session, order, by)
    row = Engagement(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(),
        engaged_by=by.subject,
        row_version=1,
        updated_at=at,
    )
    session.add(row)
    await session.flush()
    return row.id


async def own_engagement(session: AsyncSession, engagement_id: UUID, *, by: Caller) -> Engagement:
    """The engagement, if the caller reaches it: an agency reaches its own. Raises NotFound."""
    statement = select(Engagement).where(
        Engagement.region_code == by.region_code, Engagement.id == engagement_id
    )
    if by.agency is not None:
        own = select(Agency.id).where(
            Agency.region_code == by.region_code, Agency.uscc == by.agency
        )
        statement = statement.where(Engagement.agency_id.in_(own))
    engagement = await session.scalar(statement)
    if engagement is None:
        raise NotFound("没有这份委托合同，或不属于您")
    return engagement


def require_suited(engagement: Engagement, *, scope: str, fiscal_year: int) -> None:
    """Raise EngagementUnsuited unless the contract is for this work and year."""
    if (engagement.scope, engagement.fiscal_year) != (scope, fiscal_year):
        raise EngagementUnsuited(
            f"合同 {engagement.contract_no} 的委托内容为 {engagement.scope}"
            f"（{engagement.fiscal_year} 年），此项工作为 {scope}（{fiscal_year} 年）"
        )


def engaged_to_recheck(agency: str) -> ColumnElement[bool]:
    """Self-evaluations the agency reaches: those of a year it was engaged to re-review."""
    return (
        select(Engagement.id)
        .join(
            Agency,
            (Agency.region_code == Engagement.region_code) & (Agency.id == Engagement.agency_id),
        )
        .where(
            Engagement.region_code == SelfEvaluation.region_code,
            Engagement.fiscal_year == SelfEvaluation.fiscal_year,
            Engagement.scope == "result_recheck",
            Agency.uscc == agency,
        )
        .exists()
    )


def _require_entrustable(order: EngagementIn, rules: Rules) -> None:
    try:
        rule = rules.entrustment(order.starts_on)
    except NoRuleInForce as error:
        raise RuleNotInForce(f"{order.starts_on} 没有适用的委托范围规则") from error
    if order.scope not in rule.allowed:
        raise EngagementScopeForbidden(_refusal(order.scope, rule), rule=cited(rule.citation))


def _refusal(scope: str, rule: Entrustment) -> str:
    source = rule.citation.source
    unverified = "" if source.verified else "（条文尚未与官方文本核对）"
    return f"{rule.forbidden.get(scope, scope)}不得委托第三方机构，依据{source.title}{unverified}"


async def _require_known_agency(session: AsyncSession, order: EngagementIn, by: Caller) -> None:
    known = await session.scalar(
        select(Agency.id).where(Agency.region_code == by.region_code, Agency.id == order.agency_id)
    )
    if known is None:
        raise NotFound("没有这家机构")


async def _refuse_taken(session: AsyncSession, order: EngagementIn, by: Caller) -> None:
    taken = await session.scalar(
        select(Engagement.id).where(
            Engagement.region_code == by.region_code,
            Engagement.contract_no == order.contract_no,
        )
    )
    if taken is not None:
        raise ContractNoTaken(order.contract_no)
