"""Quality scores of agencies on the wire."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.fields import Code, Exact, In, LongText, Out, Points


class QualityScoreIn(In):
    """工作质量评分: points by criterion, and the judgement in words."""

    scores: Annotated[dict[Code, Points], Field(min_length=1, max_length=50)]
    comment: LongText


class QualityScoreOut(Out):
    """工作质量评分 of one contract."""

    engagement_id: UUID
    agency_id: UUID
    contract_no: str
    fiscal_year: int
    total: Exact
    scores: dict[str, Exact]
    rule: str
    comment: str
    scored_by: str
    scored_at: datetime
    allowed_actions: list[str]


class QualityYear(Out):
    """The scores of one year."""

    fiscal_year: int
    count: int
    average: Exact


class AgencyQuality(Out):
    """An agency's scores over the years; the average is over contracts, two decimals, half up."""

    agency_id: UUID
    count: int
    average: Exact | None
    years: list[QualityYear]
    scores: list[QualityScoreOut]
