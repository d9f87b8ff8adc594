"""Quality scores of agencies."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson

from services.evaluation.queries.agencies import agency
from services.evaluation.schemas.agency_quality import AgencyQuality, QualityScoreOut, QualityYear
from shared.auth import Caller
from shared.db import Reads

_SCORES = """
    select q.engagement_id, n.agency_id, n.contract_no, n.fiscal_year, q.total,
           q.scores::text as scores, q.rule, q.comment, q.scored_by, q.scored_at
    from agency_quality_score q
    join engagement n on n.region_code = q.region_code and n.id = q.engagement_id
    where q.region_code = $1 and ($2::uuid is null or n.agency_id = $2)
      and ($3::uuid is null or n.id = $3)
    order by n.fiscal_year, q.scored_at, q.engagement_id
"""


async def quality_of_agency(reads: Reads, caller: Caller, agency_id: UUID) -> AgencyQuality:
    """What the bureau thought of the agency's work, by year. Raises NotFound."""
    known = await agency(reads, caller, agency_id)
    rows = await reads.all(_SCORES, caller.region_code, known.id, None)
    years = [
        QualityYear(fiscal_year=year, count=len(totals), average=_mean(totals))
        for year, totals in _by_year(rows)
    ]
    return AgencyQuality(
        agency_id=known.id,
        count=len(rows),
        average=_mean([row["total"] for row in rows]) if rows else None,
        years=years,
        scores=[_score(row) for row in rows],
    )


async def quality_of_engagement(
    reads: Reads, caller: Caller, engagement_id: UUID
) -> QualityScoreOut:
    """The score of one contract. Raises NotFound, also while there is none."""
    return _score(await reads.one(_SCORES, caller.region_code, None, engagement_id))


def _by_year(rows: Sequence[Mapping[str, Any]]) -> list[tuple[int, list[Decimal]]]:
    grouped = groupby(rows, key=lambda row: row["fiscal_year"])
    return [(year, [row["total"] for row in each]) for year, each in grouped]


def _mean(totals: Sequence[Decimal]) -> Decimal:
    return (sum(totals, Decimal(0)) / len(totals)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def _score(row: Mapping[str, Any]) -> QualityScoreOut:
    return QualityScoreOut.model_validate(
        {**row, "scores": orjson.loads(row["scores"]), "allowed_actions": []}
    )
