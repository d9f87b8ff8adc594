"""Filing a unit's base data (部门整体支出绩效评价基础数据)."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.schemas.base_data import BaseDataIn
from services.evaluation.tables import DepartmentBaseData, Unit
from shared.auth import Caller
from shared.db import wait_turn
from shared.etags import PutExpected
from shared.problems import NotFound


async def file(
    session: AsyncSession,
    unit_code: str,
    fiscal_year: int,
    order: BaseDataIn,
    *,
    expected: PutExpected,
    by: Caller,
    at: datetime,
) -> bool:
    """A new version of the unit's figures; says whether it is the first. Raises NotFound."""
    known = await session.get(Unit, (by.region_code, unit_code))
    if known is None or (by.units is not None and unit_code not in by.units):
        raise NotFound
    key = {"region_code": by.region_code, "unit_code": unit_code, "fiscal_year": fiscal_year}
    lock = "\n".join(["base_data", by.region_code, unit_code, str(fiscal_year)])
    await wait_turn(session, lock)
    version = await session.scalar(select(func.max(DepartmentBaseData.version)).filter_by(**key))
    expected.check(version)
    figures = {name: None if n is None else f"{n:f}" for name, n in order.figures.items()}
    session.add(
        DepartmentBaseData(
            **key, version=(version or 0) + 1, figures=figures, filed_by=by.subject, filed_at=at
        )
    )
    await session.flush()
    return version is None
