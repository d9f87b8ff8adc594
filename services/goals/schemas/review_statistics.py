"""初审情况 on the wire."""

from pydantic import Field

from shared.fields import Exact, Out


class UnitReviewStatistics(Out):
    """How a unit's first drafts fared; the first conclusion is the first that still stands."""

    unit_code: str
    unit_name: str
    office: str
    submitted_count: int = Field(description="期间内首次报送的目标数")
    reviewed_count: int = Field(description="其中已有审核结论的；首次审核各项之和")
    passed_at_first_count: int = Field(description="首次审核为优，直接通过")
    improving_at_first_count: int = Field(description="首次审核为良，完善后通过")
    returned_at_first_count: int = Field(description="首次审核为中，退回修改")
    rejected_at_first_count: int = Field(description="首次审核为差，不予通过")
    returned_goal_count: int = Field(description="首次批复前被退回过的目标数")
    return_count: int = Field(description="首次批复前的退回次数")
    first_pass_rate: Exact | None = Field(
        description="passed_at_first_count ÷ reviewed_count × 100；没有审核结论的为空"
    )
