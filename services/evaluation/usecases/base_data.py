"""Filing a unit's base data (部门整体支出绩效评价基础数据), and computing the ratios from them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.domain.ratios import Ratio, figures_of, ratios
from services.evaluation.domain.rules import Rules
from services.evaluation.domain.year_rules import framework_of
from services.evaluation.schemas.base_data import BaseDataIn
from services.evaluation.tables import (
    DepartmentBaseData,
    Evaluation,
    EvaluationSubject,
    Unit,
)
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


async def ratios_of_group(
    session: AsyncSession, evaluation: Evaluation, group_no: int, rules: Rules
) -> Mapping[str, Ratio]:
    """The ratios by code, of the newest figures; none where the group is not one single unit."""
    key = {"region_code": evaluation.region_code}
    units = await session.scalars(
        select(EvaluationSubject.unit_code)
        .filter_by(**key, evaluation_id=evaluation.id, group_no=group_no)
        .distinct()
    )
    codes = units.all()
    if len(codes) != 1:
        return {}
    filed = await session.scalar(
        select(DepartmentBaseData)
        .filter_by(**key, unit_code=codes[0], fiscal_year=evaluation.fiscal_year)
        .order_by(DepartmentBaseData.version.desc())
        .limit(1)
    )
    citation = framework_of(rules, evaluation.kind, evaluation.fiscal_year).citation
    figures = figures_of({} if filed is None else filed.figures)
    version = None if filed is None else str(filed.version)
    return {
        each.code: _of_version(each, version)
        for each in ratios(figures, citation)
        if each.percent is None or abs(each.percent) < _HELD
    }


def _of_version(ratio: Ratio, version: str | None) -> Ratio:
    inputs = {**ratio.receipt.inputs, "基础数据版本": version}
    return replace(ratio, receipt=replace(ratio.receipt, inputs=inputs))


#: A larger value is more than a row holds: figures that give it are not percentages of anything.
_HELD = Decimal(10) ** 14
