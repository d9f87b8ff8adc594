"""培训前后 on the wire."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.fields import Exact, Out


class PeriodOut(Out):
    """Days, both included."""

    first_on: date
    last_on: date


class DraftsOut(Out):
    """Goals first submitted in a period."""

    submitted_count: int = Field(description="首次报送的目标数")
    reviewed_count: int = Field(description="其中已有审核结论的")
    passed_at_first_count: int = Field(description="首次审核为优，直接通过")
    returned_goal_count: int = Field(description="被退回过的目标数")
    return_count: int = Field(description="退回次数")
    first_pass_rate: Exact | None = Field(
        description="passed_at_first_count ÷ reviewed_count × 100；没有审核结论的为空"
    )


class ComparisonOut(Out):
    """Before and after; where one side has nothing reviewed it says why it can't be compared."""

    before: DraftsOut
    after: DraftsOut
    comparable: bool
    reason_code: str | None
    reason: str | None


class GroupEffectOut(ComparisonOut):
    """All units that came, or all that did not, together."""

    unit_count: int


class UnitEffectOut(ComparisonOut):
    """One unit."""

    unit_code: str
    unit_name: str | None
    attended: bool


class TrainingEffectOut(Out):
    """First drafts before and after a training: numbers side by side, not a cause."""

    training_id: UUID
    title: str
    held_on: date
    days: int
    before: PeriodOut
    after: PeriodOut
    after_is_over: bool = Field(description="培训后的期间是否已过完；未过完的数字还会变")
    attended: GroupEffectOut
    others: GroupEffectOut = Field(description="未参加、期间内有首次报送的单位")
    note: str
    items: list[UnitEffectOut]
