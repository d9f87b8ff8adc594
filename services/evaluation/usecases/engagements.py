"""Engagements (委托合同) and the reach they open."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.entrustment import Entrustment
from services.evaluation.domain.rules import Rules
from services.evaluation.errors import (
    ContractNoTaken,
    EngagementScopeForbidden,
    EngagementUnsuited,
    FeeTiedToResult,
    RuleNotInForce,
)
from services.evaluation.schemas.engagements import EngagementIn
from services.evaluation.tables import Agency, Engagement, EngagementTerm, SelfEvaluation
from services.evaluation.usecases.agencies import require_fit
from services.evaluation.usecases.contract_contents import (
    contents_of,
    instalments_of,
    require_sound,
)
from services.evaluation.usecases.findings import cited
from shared import clock
from shared.auth import Caller
from shared.ids import new_id
from shared.problems import NotFound
from shared.rulebook import NoRuleInForce


async def conclude(
    session: AsyncSession, order: EngagementIn, *, rules: Rules, by: Caller, at: datetime
) -> UUID:
    """Record a contract with an agency; work that may not be entrusted is refused."""
    rule = _require_entrustable(order, rules)
    await require_fit(session, order.agency_id, starts_on=order.starts_on, rules=rules, by=by)
    await require_sound(session, order, rule=rule, rules=rules, by=by, at=at)
    await _refuse_taken(session, order, by)
    row = Engagement(
        region_code=by.region_code,
        id=new_id(),
        **order.model_dump(exclude={"staff_ids", "deliverables", "instalments"}),
        engaged_by=by.subject,
        row_version=1,
        updated_at=at,
    )
    session.add(row)
    await session.flush()
    session.add(term_of(row, "concluded", position=1, reason=None, by=by, at=at))
    session.add_all(contents_of(order, row.id, by=by))
    await session.flush()
    session.add_all(instalments_of(order, row.id, by=by))
    return row.id


def term_of(
    engagement: Engagement,
    kind: str,
    *,
    position: int,
    reason: str | None,
    by: Caller,
    at: datetime,
) -> EngagementTerm:
    """The line of the contract's history that says how it stands now."""
    return EngagementTerm(
        region_code=engagement.region_code,
        engagement_id=engagement.id,
        position=position,
        kind=kind,
        ends_on=engagement.terminated_on or engagement.ends_on,
        reason=reason,
        decided_by=by.subject,
        decided_at=at,
    )


async def own_engagement(session: AsyncSession, engagement_id: UUID, *, by: Caller) -> Engagement:
    """The engagement, if the caller reaches it: an agency reaches its own while it runs."""
    statement = select(Engagement).where(
        Engagement.region_code == by.region_code, Engagement.id == engagement_id
    )
    if by.agency is not None:
        statement = statement.where(runs_today(by.agency))
    engagement = await session.scalar(statement)
    if engagement is None:
        raise NotFound("没有这份委托合同，或不属于您")
    return engagement


def require_suited(engagement: Engagement, *, scope: str, fiscal_year: int) -> None:
    """Raise EngagementUnsuited unless the contract is for this work and year, and stands."""
    if engagement.terminated_on is not None:
        raise EngagementUnsuited(
            f"合同 {engagement.contract_no} 已于 {engagement.terminated_on} 提前终止，请改用有效的合同"
        )
    if (engagement.scope, engagement.fiscal_year) != (scope, fiscal_year):
        raise EngagementUnsuited(
            f"合同 {engagement.contract_no} 的委托内容为 {engagement.scope}"
            f"（{engagement.fiscal_year} 年），此项工作为 {scope}（{fiscal_year} 年）"
        )


def runs_today(agency: str) -> ColumnElement[bool]:
    """Engagements of the agency on the days their contracts run, unless ended early."""
    today = clock.business_day(clock.now())
    return and_(
        Engagement.starts_on <= today,
        Engagement.ends_on >= today,
        Engagement.terminated_on.is_(None),
        select(Agency.id)
        .where(
            Agency.region_code == Engagement.region_code,
            Agency.id == Engagement.agency_id,
            Agency.uscc == agency,
        )
        .exists(),
    )


def engaged_to_recheck(agency: str) -> ColumnElement[bool]:
    """Self-evaluations the agency reaches: of a year it is engaged to re-review, today."""
    return (
        select(Engagement.id)
        .where(
            Engagement.region_code == SelfEvaluation.region_code,
            Engagement.fiscal_year == SelfEvaluation.fiscal_year,
            Engagement.scope == "result_recheck",
            runs_today(agency),
        )
        .exists()
    )


def _require_entrustable(order: EngagementIn, rules: Rules) -> Entrustment:
    try:
        rule = rules.entrustment(order.starts_on)
    except NoRuleInForce as error:
        raise RuleNotInForce(f"{order.starts_on} 没有适用的委托范围规则") from error
    if order.scope not in rule.allowed:
        raise EngagementScopeForbidden(_refusal(order.scope, rule), rule=cited(rule.citation))
    if order.fee_basis not in rule.fees_allowed:
        label = rule.fees_forbidden.get(order.fee_basis, order.fee_basis)
        raise FeeTiedToResult(
            f"“{label}”不可采用：费用由委托方支付，不得与评价结果挂钩；请改为"
            + "、".join(rule.fees_allowed.values()),
            rule=cited(rule.citation),
        )
    return rule


def _refusal(scope: str, rule: Entrustment) -> str:
    source = rule.citation.source
    unverified = "" if source.verified else "（条文尚未与官方文本核对）"
    return f"{rule.forbidden.get(scope, scope)}不得委托第三方机构，依据{source.title}{unverified}"


async def _refuse_taken(session: AsyncSession, order: EngagementIn, by: Caller) -> None:
    taken = await session.scalar(
        select(Engagement.id).where(
            Engagement.region_code == by.region_code,
            Engagement.contract_no == order.contract_no,
        )
    )
    if taken is not None:
        raise ContractNoTaken(order.contract_no)
