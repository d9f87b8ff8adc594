"""审核 of a goal."""

from uuid import UUID

from services.goals.domain.vocabulary import GRADES
from services.goals.schemas.reviews import ReviewOut, ReviewsOut
from shared.auth import Caller
from shared.db import Reads

_REVIEWS = """
    select r.id, r.submission_no, r.mode, r.grade, r.total, r.items::text as items,
           r.remarks::text as remarks, r.reason, r.rule, r.reviewed_by, r.reviewed_at
    from goal_review r join goal g on g.region_code = r.region_code and g.id = r.goal_id
    where g.region_code = $1 and ($2::text[] is null or g.unit_code = any ($2)) and g.id = $3
    order by r.submission_no, r.id
"""
_THERE = """
    select id from goal g
    where g.region_code = $1 and ($2::text[] is null or g.unit_code = any ($2)) and g.id = $3
"""


async def reviews(reads: Reads, caller: Caller, goal_id: UUID) -> ReviewsOut:
    """Every review of a goal, oldest first. Raises NotFound for a goal not there or not yours."""
    rows = await reads.all(_REVIEWS, caller.region_code, caller.units, goal_id)
    if not rows:
        await reads.one(_THERE, caller.region_code, caller.units, goal_id)
    return ReviewsOut(
        items=[
            ReviewOut.model_validate({**row, "grade_label": GRADES[row["grade"]]}) for row in rows
        ]
    )
