"""整改措施 problem by problem: what is done, by whom, by when."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.monitoring.schemas.rectifications import MeasureIn
from services.monitoring.tables import (
    Rectification,
    RectificationMeasure,
    RectificationProblem,
    RectificationWarning,
)
from shared.problems import FieldError, InvalidPayload


async def store_measures(
    session: AsyncSession, letter: Rectification, items: Sequence[MeasureIn]
) -> None:
    """Keep the measures of this filing. Raises InvalidPayload when one answers nothing asked."""
    if not items:
        return
    asked = await _asked(session, letter)
    errors = [
        FieldError(
            pointer=f"/items/{index}",
            code="problem_unknown",
            detail="整改函没有列这一问题或预警",
            mend="problem_position 或 warning_id 请从整改函所列的问题、预警中选，二者填其一",
        )
        for index, item in enumerate(items)
        if (item.problem_position, item.warning_id) not in asked
    ]
    if errors:
        raise InvalidPayload(errors=errors)
    session.add_all(
        RectificationMeasure(
            region_code=letter.region_code,
            rectification_id=letter.id,
            filing=letter.filing_count,
            position=position,
            **item.model_dump(),
        )
        for position, item in enumerate(items, start=1)
    )


async def _asked(session: AsyncSession, letter: Rectification) -> set[tuple[object, object]]:
    key = {"region_code": letter.region_code, "rectification_id": letter.id}
    problems = await session.scalars(select(RectificationProblem.position).filter_by(**key))
    warnings = await session.scalars(select(RectificationWarning.warning_id).filter_by(**key))
    return {(position, None) for position in problems} | {(None, one) for one in warnings}
