"""工作质量评分: the bureau judges what an agency did under a contract, once it is over."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.findings import Finding
from services.evaluation.domain.rules import Rules
from services.evaluation.errors import EngagementRuns, QualityScored
from services.evaluation.schemas.agency_quality import QualityScoreIn
from services.evaluation.tables import AgencyQualityScore, Engagement
from services.evaluation.usecases.engagements import own_engagement
from shared.auth import Caller
from shared.clock import business_day
from shared.problems import FieldError, InvalidPayload


async def score_quality(
    session: AsyncSession,
    engagement_id: UUID,
    sheet: QualityScoreIn,
    *,
    rules: Rules,
    by: Caller,
    at: datetime,
) -> None:
    """Record the score. Raises EngagementRuns before the end, QualityScored the second time."""
    engagement = await own_engagement(session, engagement_id, by=by)
    await session.refresh(engagement, with_for_update=True)
    _require_over(engagement, at)
    if await session.get(AgencyQualityScore, (by.region_code, engagement_id)) is not None:
        raise QualityScored
    rule = rules.agency_quality(engagement.starts_on)
    errors = [_error(found) for found in rule.findings(sheet.scores)]
    if errors:
        raise InvalidPayload(f"有 {len(errors)} 处需要修改", errors=errors)
    session.add(
        AgencyQualityScore(
            region_code=by.region_code,
            engagement_id=engagement_id,
            total=sum(sheet.scores.values(), Decimal(0)),
            scores={code: str(score) for code, score in sheet.scores.items()},
            rule=f"{rule.citation.rule_id}@{rule.citation.effective_from.isoformat()}",
            comment=sheet.comment,
            scored_by=by.subject,
            scored_at=at,
        )
    )


def _require_over(engagement: Engagement, at: datetime) -> None:
    if engagement.terminated_on is None and business_day(at) <= engagement.ends_on:
        raise EngagementRuns(f"合同 {engagement.contract_no} 至 {engagement.ends_on} 才到期")


def _error(found: Finding) -> FieldError:
    return FieldError(pointer=found.pointer, code=found.code, detail=found.message, mend=found.mend)
