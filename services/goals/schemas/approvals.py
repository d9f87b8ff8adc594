"""批复、通知与公开 on the wire."""

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from services.goals.schemas.directory import UnitCode
from shared.fields import Exact, In, Int, LongText, Money, Out, Text, Year

Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s\x00-\x1f]{3,500}$")]


class GoalAsRead(In):
    """A goal at the version the approver read."""

    id: UUID
    version: Int


class BatchIn(In):
    """批复: `goal_ids` null takes every goal of the year that passed review; `goals` names them with
    the versions read, and nothing is approved when one of them has changed since."""

    document_no: Text
    fiscal_year: Year
    approved_on: date
    goal_ids: Annotated[list[UUID], Field(min_length=1, max_length=10000)] | None = None
    goals: Annotated[list[GoalAsRead], Field(min_length=1, max_length=10000)] | None = None
    amount: Money | None = Field(
        None, description="批复文所列的合计金额（元）；与系统内不一致时不予批复"
    )

    @model_validator(mode="after")
    def _names_goals_one_way(self) -> Self:
        if self.goal_ids is not None and self.goals is not None:
            raise ValueError("goal_ids 与 goals 只能用一个")
        return self


class DisclosureIn(In):
    """公开 of every approved goal of a unit that was not yet published."""

    fiscal_year: Year
    unit_code: UnitCode
    url: Url
    disclosed_on: date


class ExemptionIn(In):
    """免予公开 (涉密): why the goal is not published."""

    reason: LongText


class BatchOut(Out):
    """批复 as issued; `amount` is the budget of all its projects and fund levels, in yuan."""

    id: UUID
    document_no: str
    fiscal_year: int
    approved_on: date
    approved_by: str
    goal_count: int
    adjustment_count: int
    amount: Exact
    allowed_actions: list[str]


class NoticeOut(Out):
    """通知 of an approval to one unit; `amount` in yuan, all fund levels."""

    id: UUID
    unit_code: str
    unit_name: str
    document_no: str
    approved_on: date
    goal_count: int
    amount: Exact
    sent_at: datetime
    received_by: str | None
    received_at: datetime | None
    allowed_actions: list[str]


class DisclosureOut(Out):
    """公开 as recorded."""

    id: UUID
    unit_code: str
    fiscal_year: int
    url: str
    disclosed_on: date
    goal_count: int
    allowed_actions: list[str]
