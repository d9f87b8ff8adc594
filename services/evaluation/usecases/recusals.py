"""回避: work that a recusal forbids is refused with the entry that says so."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.errors import RecusalForbids
from services.evaluation.queries.recusals import conflicts
from services.evaluation.schemas.evaluations import SubjectIn
from services.evaluation.tables import EvaluationSubject
from shared.auth import Caller
from shared.clock import business_day
from shared.db import TransactionReads


async def refuse_recused(
    session: AsyncSession,
    subjects: Sequence[SubjectIn] | Sequence[EvaluationSubject],
    who: Sequence[UUID],
    *,
    by: Caller,
    at: datetime,
) -> None:
    """Raise RecusalForbids when one of them keeps away from a subject of the evaluation."""
    await refuse_conflicts(
        session,
        who,
        project_codes=[each.project_code for each in subjects if each.project_code],
        unit_codes=[each.unit_code for each in subjects],
        by=by,
        at=at,
    )


async def refuse_conflicts(
    session: AsyncSession,
    who: Sequence[UUID],
    *,
    project_codes: Sequence[str],
    unit_codes: Sequence[str],
    by: Caller,
    at: datetime,
) -> None:
    """Raise RecusalForbids when an agency or person keeps away from one of these today."""
    found = await conflicts(
        TransactionReads(session),
        by.region_code,
        who=who,
        project_codes=project_codes,
        unit_codes=unit_codes,
        on=business_day(at),
    )
    if found:
        lines = (
            f"{row['name']}自 {row['declared_on']} 起回避"
            f" {row['project_code'] or row['unit_code']}（{row['reason']}）"
            for row in found
        )
        raise RecusalForbids("；".join(lines) + "。请改由其他机构或人员承担")
