"""回避 in re-reviews: an agency keeps away from forms of units and projects it is recused from."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.errors import RecusalForbids
from services.evaluation.queries.recusals import conflicts
from services.evaluation.tables import Engagement, SelfEvaluation
from shared.clock import business_day
from shared.db import TransactionReads


async def recusals_from(
    session: AsyncSession,
    engagement: Engagement,
    *,
    project_codes: Sequence[str],
    unit_codes: Sequence[str],
    on: date,
) -> Mapping[str, str]:
    """Why the contract's agency keeps away, by the project or unit it is recused from."""
    found = await conflicts(
        TransactionReads(session),
        engagement.region_code,
        who=[engagement.agency_id],
        project_codes=project_codes,
        unit_codes=unit_codes,
        on=on,
    )
    return {
        row["project_code"] or row["unit_code"]: (
            f"{row['name']}自 {row['declared_on']} 起回避（{row['reason']}）"
        )
        for row in found
    }


async def refuse_recused_from(
    session: AsyncSession, form: SelfEvaluation, engagement: Engagement, *, at: datetime
) -> None:
    """Raise RecusalForbids when the contract's agency keeps away from the form."""
    found = await recusals_from(
        session,
        engagement,
        project_codes=[form.project_code],
        unit_codes=[form.unit_code],
        on=business_day(at),
    )
    if found:
        raise RecusalForbids("；".join(found.values()) + "。请改由其他机构或财政部门复审")
