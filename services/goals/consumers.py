"""What the goals service learns from the others' feeds."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.goals.clients import PublishedResult
from services.goals.tables import ProjectResult
from shared.feed import Consumer

_KEY = ("region_code", "project_code", "unit_code", "evaluation_id", "group_no")


async def note_result(session: AsyncSession, region_code: str, result: PublishedResult) -> None:
    """Keep the result beside the project, for the next budget; an older version changes nothing."""
    for subject in result.subjects:
        if subject.project_code is None:
            continue
        row = insert(ProjectResult).values(
            region_code=region_code,
            project_code=subject.project_code,
            unit_code=subject.unit_code,
            **result.model_dump(exclude={"subjects"}),
        )
        newer = {
            "score": row.excluded.score,
            "grade": row.excluded.grade,
            "version": row.excluded.version,
        }
        await session.execute(
            row.on_conflict_do_update(
                index_elements=_KEY,
                set_=newer,
                where=ProjectResult.version < row.excluded.version,
            )
        )


EVALUATION = Consumer(
    source="evaluation",
    handlers={"cn.wenxiao.result.published.v1": (PublishedResult, note_result)},
    projections=("project_result",),
)
