"""placeholder until the directory branch is merged"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


async def apply_budget_changes(
    session: AsyncSession, region_code: str, ids: Sequence[UUID], *, batch_id: UUID, at: datetime
) -> None:
    """x"""


async def keep_initial_budgets(
    session: AsyncSession,
    region_code: str,
    fiscal_year: int,
    project_codes: Sequence[str],
    *,
    batch_id: UUID,
) -> None:
    """x"""
    await session.execute(
        text("""insert into approved_budget select region_code, project_code, fiscal_year, :b, sum(amount),
      jsonb_agg(jsonb_build_object('fund_level', fund_level, 'source', source, 'amount', amount::text)) from project_fund
      where region_code = :r and fiscal_year=:y and project_code = any(:c) group by 1,2,3"""),
        {"b": batch_id, "r": region_code, "y": fiscal_year, "c": project_codes},
    )
